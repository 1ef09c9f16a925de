// Days as a person chooses them.

// Days are days here: what is to end on the 5th lasts until the 5th is over.
export const endOf = date => new Date(`${date}T23:59:59`).toISOString();

export function tomorrow() {
  const date = new Date(Date.now() + 24 * 60 * 60_000);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(part => String(part).padStart(2, "0")).join("-");
}
