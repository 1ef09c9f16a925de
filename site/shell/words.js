// Every visible word, in French and in English.
//
// Each folder has its words beside it, `words/en.js` and `words/fr.js`, loaded for the language in use only:
//     export default { "library.title": "Your library", "files": { one: "{count} file", other: "{count} files" } }
// A plural is chosen by `count`; numbers are written as the language writes them.

export const LANGUAGES = { en: "English", fr: "Français" };
const KEPT = "bobine.language";

export const changes = new EventTarget(); // "change": everything visible has to be said again

const known = new Map(); // folder → its words in the language in use
let current = "en";

export const language = () => current;

// The language chosen here before, else the first of the browser's that we speak.
export function choose() {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages.map(one => one.slice(0, 2).toLowerCase())];
  current = wanted.find(one => one in LANGUAGES) ?? "en";
  document.documentElement.lang = current;
}

// Loads a folder's words; they must be there before it draws.
export async function learn(folder) {
  if (known.has(folder)) return;
  known.set(folder, (await import(`../${folder}/words/${current}.js`)).default);
}

export async function speak(next) {
  const folders = [...known.keys()];
  const learnt = await Promise.all(folders.map(folder => import(`../${folder}/words/${next}.js`)));
  current = next;
  folders.forEach((folder, index) => known.set(folder, learnt[index].default));
  localStorage.setItem(KEPT, next);
  document.documentElement.lang = next;
  changes.dispatchEvent(new Event("change"));
}

const entryOf = key => {
  for (const words of known.values()) if (key in words) return words[key];
  return undefined;
};

export const has = key => entryOf(key) !== undefined;

// t("library.count", { count: 3 })
export function t(key, values = {}) {
  const entry = entryOf(key) ?? key;
  const plural = () => entry[new Intl.PluralRules(current).select(values.count)] ?? entry.other;
  const shown = value => typeof value === "number" ? number(value) : value ?? "";
  return (typeof entry === "string" ? entry : plural()).replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

export const number = (value, options) => new Intl.NumberFormat(current, options).format(value);
