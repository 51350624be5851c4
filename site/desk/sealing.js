// Sealing in the browser, as `xinzhuli seal` does it: salt, one text, commitment, padding, the age format, receipt.

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function sha256(bytes) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Who can open what is sealed on a day; null where their keys are of two kinds, or there are none. */
function openersOn(desk, day) {
  const found = (desk.openers || []).filter((opener) => opener.first <= day && day <= opener.last);
  const kinds = new Set(found.map((opener) => opener.key.startsWith("age1pq1")));
  return found.length && kinds.size === 1 ? found : null;
}

/** The two files of a sealed aggregate: {path: text}. `text` is the one text of the submission without a salt; `sign`
 *  gives the lines of a signature of the receipt, where the school signs. */
async function sealedFiles(desk, data, text, day, openers, sign) {
  const salt = hex(crypto.getRandomValues(new Uint8Array(32)));
  const whole = new TextEncoder().encode(`salt: "${salt}"\n${text}`);
  const padded = new Uint8Array(Math.ceil(whole.length / desk.bucket) * desk.bucket).fill(10);
  padded.set(whole);
  const encrypter = new age.Encrypter();
  openers.forEach((opener) => encrypter.addRecipient(opener.key));
  const sealed = age.armor.encode(await encrypter.encrypt(padded));
  whole.fill(0);
  padded.fill(0);
  const place = `records/schools/${data.school}/${data.term}`;
  const commitment = await sha256(new TextEncoder().encode(`salt: "${salt}"\n${text}`));
  const signed = sign ? await sign({ ...data, sealed_on: day, commitment }) : null;
  const receipt = [
    "# yaml-language-server: $schema=../../../schemas/receipt.schema.json",
    "# 密封上报回执，由 xinzhuli seal 写出，不要手改；不含任何人数",
    `school: ${data.school}`, `term: "${data.term}"`, `revision: ${data.revision}`, `schema: ${data.schema}`, `sealed_on: ${day}`,
    "recipients:", ...openers.map((opener) => `  - ${opener.fingerprint}`).sort(),
    `digest: "${await sha256(new TextEncoder().encode(sealed))}"`,
    `commitment: "${commitment}"`, ...(signed ? ["signature: |", ...signed.map((line) => `  ${line}`)] : []), "",
  ].join("\n");
  return { [`${place}.yml.age`]: sealed, [`${place}.receipt.yml`]: receipt };
}
