// Photos are made smaller before they are sent: on the road there is little bandwidth. Without this file they go as they are.

const SIDE = 2000; // pixels: what the server keeps
const SMALL = 500_000; // bytes: not worth the work

const shrunk = async (file) => {
  try {
    const picture = await createImageBitmap(file); // upright, as it was taken
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < SMALL) return file;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
    const ink = canvas.getContext("2d");
    ink.fillStyle = "white"; // a JPEG knows no transparency
    ink.fillRect(0, 0, canvas.width, canvas.height);
    ink.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const data = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return data && data.size < file.size ? new File([data], file.name, { type: data.type }) : file;
  } catch {
    return file; // no picture this browser reads: the server says what is wrong with it
  }
};

for (const input of document.querySelectorAll("input[data-shrinks]")) {
  input.addEventListener("change", async () => {
    const chosen = [...input.files];
    const sent = new DataTransfer();
    for (const file of await Promise.all(chosen.map(shrunk))) sent.items.add(file);
    if (chosen.every((file, place) => input.files[place] === file)) input.files = sent.files; // nothing else was chosen since
  });
}
