/* A chart as a PNG file, drawn as it stands on the page: title, marks, notes, and where it is from. Loaded when asked for. */
"use strict";
(() => {
  const SCALE = 3; // dots a unit: sharp in print
  const EDGE = 16;
  const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity",
    "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];

  // The drawing with its colours in it: style sheets do not reach into a picture.
  const alone = (svg) => {
    const copy = svg.cloneNode(true);
    const [from, to] = [svg, copy].map((one) => [one, ...one.querySelectorAll("*")]);
    from.forEach((element, place) => {
      const style = getComputedStyle(element);
      for (const name of DRAWN) to[place].setAttribute(name, style.getPropertyValue(name));
      to[place].removeAttribute("class");
    });
    const { width, height } = svg.viewBox.baseVal;
    copy.setAttribute("width", width * SCALE);
    copy.setAttribute("height", height * SCALE);
    return { width, height, address: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}` };
  };

  // A text in lines that are no wider than the picture.
  const lines = (context, text, width) => {
    const found = [""];
    for (const piece of text.match(/[^\s\p{Script=Han}]+|\p{Script=Han}\p{P}*|\s+/gu) || []) {
      const line = found[found.length - 1] + piece;
      if (context.measureText(line.trimEnd()).width > width && found[found.length - 1]) found.push(piece.trimStart());
      else found[found.length - 1] = line;
    }
    return found;
  };

  // Where the page is: as the site says, or where it was opened from a server.
  const address = () => {
    const said = document.querySelector('link[rel="canonical"]');
    return said ? said.href : location.protocol.startsWith("http") ? location.href.replace(/[?#].*/, "") : "";
  };

  globalThis.xzPicture = async (figure) => {
    const drawing = alone(figure.querySelector("svg"));
    const picture = new Image();
    picture.src = drawing.address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const style = getComputedStyle(document.body);
    const font = (weight, size) => `${weight} ${size}px ${style.fontFamily}`;
    const [title, ...said] = [figure.querySelector("figcaption").textContent,
      ...[...figure.querySelectorAll(":scope > p")].map((note) => note.textContent.trim()),
      [document.title, address()].filter(Boolean).join(" ")];
    context.font = font(700, 14);
    const head = lines(context, title, drawing.width);
    context.font = font(400, 10);
    const foot = said.flatMap((text) => lines(context, text, drawing.width));
    const top = EDGE + head.length * 20;
    canvas.width = (drawing.width + 2 * EDGE) * SCALE;
    canvas.height = (top + drawing.height + 8 + foot.length * 15 + EDGE) * SCALE;
    context.scale(SCALE, SCALE);
    context.fillStyle = style.backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = style.color;
    context.textBaseline = "top";
    context.font = font(700, 14);
    head.forEach((line, place) => context.fillText(line, EDGE, EDGE + place * 20));
    context.drawImage(picture, EDGE, top, drawing.width, drawing.height);
    context.font = font(400, 10);
    foot.forEach((line, place) => context.fillText(line, EDGE, top + drawing.height + 8 + place * 15));
    const link = document.createElement("a");
    link.download = `${figure.querySelector("caption").id.replace(/-table$/, "")}.png`;
    link.href = URL.createObjectURL(await new Promise((done) => { canvas.toBlob(done, "image/png"); }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
})();
