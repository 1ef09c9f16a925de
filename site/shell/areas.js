// The areas of the site: the one list of them. Each is a folder with `area.js` and `words/`, loaded when its address is
// opened; the distribution answers the site's page for each address (template.yaml, checked by tests/site/test_areas.py).
// An area that does not exist is not here.

export const AREAS = [
  { name: "front", at: "/" },
  { name: "library", at: "/library", icon: "film" }, // with an icon: named in the bar
  { name: "downloads", at: "/downloads", icon: "download" },
  { name: "community", at: "/community", icon: "laugh" },
  { name: "account", at: "/account" },
];

// The area of a path, and what follows its own address: "/library/videos/a%20b" → { area, parts: ["videos", "a b"] }.
export function areaOf(path) {
  const [first, ...parts] = path.split("/").filter(Boolean);
  const area = AREAS.find(one => one.at === `/${first ?? ""}`);
  return area && { area, parts: parts.map(decoded) };
}

function decoded(part) {
  try { return decodeURIComponent(part); } catch { return part; } // a stray % is a letter like others
}
