// Making and finding elements. Text is always set as text, so nothing a person or a file is called becomes markup.

export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// make("a", { href: "#", class: "card", onclick: open }, "text", child)
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// One of the symbols at the top of index.html.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.append(document.createElementNS(SVG, "use"));
  svg.firstChild.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

export function iconButton(name, label, onclick, title = label) {
  return make("button", { class: "plain icon", "aria-label": label, title, onclick }, icon(name));
}

export const setIcon = (button, name) => find("use", button).setAttribute("href", `#i-${name}`);

// Words for a person, next to what they are about; none hides the place.
export function say(place, words = "") {
  place.textContent = words;
  place.hidden = !words;
}

// Opens a dialog whose form calls `act(form)`. An error stays in the dialog, in words, with everything typed.
export function ask(dialog, act) {
  const form = find("form", dialog), error = find(".error", dialog);
  const submit = find(".actions button:last-child", dialog);
  say(error);
  find("[value=cancel]", dialog).onclick = () => dialog.close();
  form.onsubmit = async event => {
    event.preventDefault();
    submit.disabled = true;
    say(error);
    try {
      await act(form);
      dialog.close();
    } catch (reason) {
      say(error, reason.message);
      form.elements[reason.field]?.focus();
    } finally {
      submit.disabled = false;
    }
  };
  dialog.showModal();
}
