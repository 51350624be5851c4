// A school's signature, in the form of OpenSSH. The key was made by WebCrypto, which gives it to nobody, and is kept in
// the browser's own store: Ed25519, or ECDSA P-256 where the browser has no other.

const STORE = "xinzhuli-signing"; // a database with one key a school: keys, never drafts nor figures
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const ascii = (text) => new TextEncoder().encode(text);

function bytesOf(parts) {
  const made = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => { made.set(part, at); return at + part.length; }, 0);
  return made;
}

/** Bytes as SSH writes them: their number, and they. */
function counted(bytes) {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, bytes.length);
  return bytesOf([number, bytes]);
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** A number without leading zeros, and with one where its first bit would make it negative. */
function positive(bytes) {
  const first = bytes.findIndex((byte) => byte);
  const plain = first < 0 ? new Uint8Array() : bytes.slice(first);
  return counted(plain[0] & 128 ? bytesOf([new Uint8Array(1), plain]) : plain);
}

/** The public half as SSH has it, of a pair that WebCrypto made. */
async function publicHalf(pair, type) {
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return bytesOf([counted(ascii(type)), ...(type === "ssh-ed25519" ? [] : [counted(ascii("nistp256"))]), counted(raw)]);
}

/** A new key that cannot be taken out of the browser: {type, privateKey, half}. */
async function newKey() {
  let type = "ssh-ed25519";
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]).catch(() => {
    type = "ecdsa-sha2-nistp256";
    return crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
  });
  return { type, privateKey: pair.privateKey, half: await publicHalf(pair, type) };
}

const publicLine = (key) => `${key.type} ${base64(key.half)}`;

/** As `ssh-keygen -l` shows it. */
async function keyFingerprint(key) {
  return `SHA256:${base64(new Uint8Array(await crypto.subtle.digest("SHA-256", key.half))).replace(/=+$/, "")}`;
}

/** The signature of a text in a namespace, armored. */
async function signature(key, namespace, text) {
  const head = [counted(ascii(namespace)), counted(new Uint8Array()), counted(ascii("sha512"))];
  const hashed = new Uint8Array(await crypto.subtle.digest("SHA-512", ascii(text)));
  const whole = bytesOf([ascii("SSHSIG"), ...head, counted(hashed)]);
  const how = key.type === "ssh-ed25519" ? { name: "Ed25519" } : { name: "ECDSA", hash: "SHA-256" };
  const raw = new Uint8Array(await crypto.subtle.sign(how, key.privateKey, whole));
  const own = key.type === "ssh-ed25519" ? raw : bytesOf([positive(raw.slice(0, 32)), positive(raw.slice(32))]);
  const signed = counted(bytesOf([counted(ascii(key.type)), counted(own)]));
  const letters = base64(bytesOf([ascii("SSHSIG"), new Uint8Array([0, 0, 0, 1]), counted(key.half), ...head, signed]));
  return ["-----BEGIN SSH SIGNATURE-----", ...letters.match(/.{1,70}/g), "-----END SSH SIGNATURE-----"];
}

/** What a school signs, as `generator/sealed/receipts.py` writes it. */
function signedText(receipt, district) {
  const { commitment, schema, revision, school, sealed_on: day, term } = receipt;
  return JSON.stringify({ commitment, district, form: schema, revision, school, sealed_on: day, term });
}

/** Ask the store that the browser keeps for this site. */
function stored(mode, ask) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(STORE, 1);
    opening.onupgradeneeded = () => { // there is no store yet: one is made for a key, never by looking
      if (mode === "readonly") opening.transaction.abort();
      else opening.result.createObjectStore("keys");
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const change = opening.result.transaction("keys", mode);
      const asked = ask(change.objectStore("keys"));
      change.oncomplete = () => { opening.result.close(); resolve(asked.result); };
      change.onerror = () => { opening.result.close(); reject(change.error); };
    };
  });
}

/** A page from a folder has no store of its own: every other saved page could sign with what it keeps. */
const canKeep = () => location.protocol !== "file:" && isSecureContext && typeof indexedDB !== "undefined";

/** The key that this browser keeps for a school; null where there is none. */
async function keptKey(school) {
  return canKeep() ? (await stored("readonly", (keys) => keys.get(school)).catch(() => null)) || null : null;
}

/** Make a key for a school and keep it; the browser is asked not to clear it away by itself. */
async function makeKey(school) {
  const key = await newKey();
  await stored("readwrite", (keys) => keys.put(key, school));
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => false);
  return key;
}
