// ThumbHash (https://evanw.github.io/thumbhash/): a picture in about 25 bytes, drawn until the real one is here.
//
// The bytes hold a discrete cosine transform of luminance (l), two colour axes (p, q) and perhaps alpha (a): averages
// and scales first, then four bits for each coefficient of the lower triangle of the spectrum, row by row.

const SIDE = 16; // pixels: at most seven cosines a side need no more, and CSS smooths the rest

export function placeholder(base64) {
  const hash = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
  const head = hash[0] | (hash[1] << 8) | (hash[2] << 16), tail = hash[3] | (hash[4] << 8);
  const hasAlpha = head >> 23, landscape = tail >> 15;
  const lx = Math.max(3, landscape ? (hasAlpha ? 5 : 7) : tail & 7);
  const ly = Math.max(3, landscape ? tail & 7 : hasAlpha ? 5 : 7);

  let nibble = hasAlpha ? 12 : 10; // of the bytes: where the coefficients begin
  const next = () => ((hash[nibble >> 1] >> ((nibble++ & 1) << 2)) & 15) / 7.5 - 1;
  const channel = (average, nx, ny, scale) => {
    const terms = [[0, 0, average]];
    for (let cy = 0; cy < ny; cy++)
      for (let cx = cy ? 0 : 1; cx * ny < nx * (ny - cy); cx++) terms.push([cx, cy, next() * scale * 2]);
    const wave = (x, y) => ([cx, cy, weight]) => weight * Math.cos(Math.PI * cx * x) * Math.cos(Math.PI * cy * y);
    return (x, y) => terms.map(wave(x, y)).reduce((sum, term) => sum + term);
  };
  // Colours get a quarter more saturation back than the four bits kept of it.
  const l = channel((head & 63) / 63, lx, ly, ((head >> 18) & 31) / 31);
  const p = channel(((head >> 6) & 63) / 31.5 - 1, 3, 3, (((tail >> 3) & 63) / 63) * 1.25);
  const q = channel(((head >> 12) & 63) / 31.5 - 1, 3, 3, (((tail >> 9) & 63) / 63) * 1.25);
  const a = hasAlpha ? channel((hash[5] & 15) / 15, 5, 5, (hash[5] >> 4) / 15) : () => 1;

  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = lx > ly ? [SIDE, Math.round(SIDE * ly / lx)] : [Math.round(SIDE * lx / ly), SIDE];
  const image = new ImageData(canvas.width, canvas.height);
  for (let j = 0, at = 0; j < canvas.height; j++)
    for (let i = 0; i < canvas.width; i++) {
      const x = (i + 0.5) / canvas.width, y = (j + 0.5) / canvas.height;
      const light = l(x, y), tint = q(x, y), blue = light - 2 / 3 * p(x, y), red = (3 * light - blue + tint) / 2;
      for (const part of [red, red - tint, blue, a(x, y)]) image.data[at++] = 255 * part; // clamped by the array
    }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
