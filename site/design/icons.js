// The icons, each a path in a box of 24 by 24.

const PATHS = {
  play: "M7 4.5v15l13-7.5z",
  pause: "M6 5h4v14H6zm8 0h4v14h-4z",
  sound: "M4 9v6h4l5 4V5L8 9zm11.5-1.5v9a5 5 0 0 0 0-9z",
  muted: "M4 9v6h4l5 4V5L8 9zm17.5.9-1.4-1.4-2.1 2.1-2.1-2.1-1.4 1.4 2.1 2.1-2.1 2.1 1.4 1.4 2.1-2.1 2.1 2.1 1.4-1.4-2.1-2.1z",
  larger: "M4 4h6v2H6v4H4zm10 0h6v6h-2V6h-4zM4 14h2v4h4v2H4zm14 0h2v6h-6v-2h4z",
  back: "m14.5 5 1.5 1.4L10.4 12l5.6 5.6-1.5 1.4-7-7z",
  forth: "M9.5 5 8 6.4l5.6 5.6L8 17.6 9.5 19l7-7z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4z",
  check: "m9.5 18.4-6-6L5 11l4.5 4.5L19 6l1.5 1.4z",
  search: "M10.5 4a6.5 6.5 0 0 1 5.1 10.5l4.9 4.9-1.1 1.1-4.9-4.9A6.5 6.5 0 1 1 10.5 4zm0 2a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
  edit: "M4 16.5V20h3.5L18 9.5 14.5 6zM20.3 7.2a1 1 0 0 0 0-1.4l-2.1-2.1a1 1 0 0 0-1.4 0L15.2 5.3l3.5 3.5z",
  delete: "M6 8h12l-1 12H7zm3-4h6l1 1h4v2H4V5h4z",
  download: "M11 4h2v8l3-3 1.4 1.4L12 15.8l-5.4-5.4L8 9l3 3zM5 18h14v2H5z",
  upload: "M11 16h2V8l3 3 1.4-1.4L12 4.2 6.6 9.6 8 11l3-3zM5 18h14v2H5z",
  add: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  share: "M10.6 13.4a1 1 0 0 1 0-1.4 1 1 0 0 1 1.4 0 3 3 0 0 0 4.2 0l2.5-2.5a3 3 0 1 0-4.2-4.2l-1.2 1.2a1 1 0 0 1-1.4-1.4l1.2-1.2a5 5 0 0 1 7 7l-2.5 2.5a5 5 0 0 1-7 0zm2.8-2.8a1 1 0 0 1 0 1.4 1 1 0 0 1-1.4 0 3 3 0 0 0-4.2 0l-2.5 2.5a3 3 0 1 0 4.2 4.2l1.2-1.2a1 1 0 0 1 1.4 1.4l-1.2 1.2a5 5 0 0 1-7-7l2.5-2.5a5 5 0 0 1 7 0z",
  film: "M4 5h16v14H4zm2 2v2h2V7zm10 0v2h2V7zM6 11v2h2v-2zm10 0v2h2v-2zM6 15v2h2v-2zm10 0v2h2v-2z",
  note: "M9 17.5A2.5 2.5 0 1 1 7 15V6l11-2v11.5a2.5 2.5 0 1 1-2-2.45V8L9 9.3z",
  picture: "M4 5h16v14H4zm2 11.5h12l-4-5-3 3.5-2-2zM8.5 10a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z",
  page: "M6 3h8l5 5v13H6zm7 1.5V9h4.5zM9 12v1.5h7V12zm0 3.5V17h7v-1.5z",
  box: "M4 4h16v5H4zm1 6h14v10H5zm5 2v2h4v-2z",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 8a8 6 0 0 1 16 0z",
  key: "M14.5 3a6.5 6.5 0 0 1 0 13 6.4 6.4 0 0 1-2.6-.55L10.3 17H8v2.3H5.7V21H3v-3.4l5.6-5.6A6.5 6.5 0 0 1 14.5 3zm1.8 3a1.9 1.9 0 1 0 0 3.8 1.9 1.9 0 0 0 0-3.8z",
  copy: "M8 3h12v14H8zm2 2v10h8V5zM4 7h2v12h10v2H4z",
  leave: "M5 4h8v2H7v12h6v2H5zm11 3.5L20.5 12 16 16.5l-1.4-1.4 2-2.1H10v-2h6.6l-2-2.1z",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm1 2.5v4.1l2.9 2.9-1.4 1.4-3.5-3.5V7.5z",
  device: "M3 5h18v11H3zm2 2v7h14V7zm-3 11h20v2H2z",
  shield: "M12 2.5 20 5.5v6c0 5-3.4 8.7-8 10-4.6-1.3-8-5-8-10v-6zm-1.2 13.3 5.7-5.7-1.4-1.4-4.3 4.3-2-2-1.4 1.4z",
  lock: "M8 10V7.5a4 4 0 0 1 8 0V10h1.5v10h-11V10zm2 0h4V7.5a2 2 0 0 0-4 0z",
  mail: "M3 5h18v14H3zm2 3.2V17h14V8.2l-7 5zM6.2 7l5.8 4.1L17.8 7z",
  people: "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-7 7.7c0-3.2 3-5.7 7-5.7s7 2.5 7 5.7zM15.5 11a3 3 0 1 0-.6-5.9 5 5 0 0 1-.4 5.7c.3.1.7.2 1 .2zm2.4 8.2H22c0-2.9-2.6-5.2-6-5.2h-.5c1.5 1.2 2.4 3.1 2.4 5.2z",
  laugh: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM8.9 8.3a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zm6.2 0a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8zM7 13h10a5 5 0 0 1-10 0z",
  heart: "M12 20.5 4.2 12.9a5 5 0 0 1 7-7.1l.8.8.8-.8a5 5 0 0 1 7 7.1zm0-2.8 6.4-6.2a3 3 0 0 0-4.2-4.3L12 9.4 9.8 7.2a3 3 0 0 0-4.2 4.3z",
  liked: "M12 20.5 4.2 12.9a5 5 0 0 1 7-7.1l.8.8.8-.8a5 5 0 0 1 7 7.1z",
  flag: "M5 3h2v1h6l1 2h6v9h-7l-1-2H7v8H5zm2 3v5h6l1 2h4V8h-5l-1-2z",
  hidden: "M3.7 2.3 2.3 3.7l3.3 3.3A14 14 0 0 0 1.5 12c2.2 4 6 6.5 10.5 6.5 1.7 0 3.3-.4 4.7-1l3.6 3.6 1.4-1.4zM12 16.5c-3.400 0-6.400-1.700-8.200-4.500a11 11 0 0 1 3.200-3.500l1.600 1.600a4 4 0 0 0 5.300 5.300l1.200 1.200c-1 .3-2 .4-3.100.4zM12 5.500c4.500 0 8.300 2.500 10.500 6.500a14 14 0 0 1-3.100 4.100l-1.400-1.400a11 11 0 0 0 2.200-2.700c-1.800-2.800-4.800-4.500-8.200-4.500-.7 0-1.300.1-1.900.2L8.400 6c1.100-.3 2.300-.5 3.600-.5z",
  warning: "M12 3 1.8 20.5h20.4zm-1 6h2v6h-2zm0 7.5h2v2h-2z",
};

const SVG = "http://www.w3.org/2000/svg";

// A sign beside words, so nothing that is read out.
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg"), path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("fill-rule", "evenodd");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export const setIcon = (button, name) => button.querySelector("svg path").setAttribute("d", PATHS[name]);
