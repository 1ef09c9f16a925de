// Which of the seven categories a file is in, and what stands for each.

export const ICONS = {
  videos: "film", musics: "note", images: "picture", documents: "page",
  archives: "box", executables: "box", others: "page",
};

// As shared/library/categories.py sorts them; the ending helps where the browser knows no type.
const ENDINGS = {
  videos: "mkv avi mov m4v ts mts m2ts wmv flv webm ogv",
  musics: "flac opus m4a wma aiff ape",
  images: "heic heif avif jxl",
  documents: "pdf doc docx odt rtf txt md csv json xml epub xls xlsx ods ppt pptx odp srt vtt",
  archives: "zip tar gz tgz 7z rar bz2 xz zst",
  executables: "exe msi dmg pkg deb rpm apk appimage sh bat",
};

export const CATEGORIES = Object.keys(ICONS);
export const isCategory = name => CATEGORIES.includes(name);
export const isPlayed = category => category === "videos" || category === "musics";

export function categoryOf({ type, name }) {
  const [kind] = type.split("/");
  const ending = name.toLowerCase().split(".").pop();
  const listed = Object.keys(ENDINGS).find(category => ENDINGS[category].split(" ").includes(ending));
  const known = { video: "videos", audio: "musics", image: "images" }[kind];
  return known ?? listed ?? (kind === "text" ? "documents" : "others");
}
