// One job: amounts as people write them, read and shown. Whole pence in BigInt; nothing is ever a fraction of a number.

const NIL = /^(-|–|—|−|nil)$/i;
const AMOUNT = /^(\d{1,3}(?:,\d{3})+|\d*)(?:\.(\d*))?(k|thousand|mn|million|m|bn|billion)?$/i;
const ZEROS = { k: 3, thousand: 3, m: 6, mn: 6, million: 6, bn: 9, billion: 9 };

/** What an amount says in pence; null for a blank, undefined when it cannot be read. Mirrors money.py. */
export function pence(text) {
  let body = text.replace(/[−–—‒]/g, "-").replace(/\s+/g, "").toLowerCase();
  if (body === "") return null;
  if (NIL.test(body.replace("£", ""))) return 0n;
  let signs = 0;
  const take = (pattern) => {
    const match = pattern.exec(body);
    if (match) { body = (match[1] ?? "") + (match[2] ?? ""); signs += 1; }
  };
  take(/^(£?)-(.+)$/);
  take(/^(£?)\((.*)\)$/);
  take(/^(.+)-$/);
  if (signs > 1) return undefined;
  body = body.replace("£", "").replace(/^\+/, "");
  const match = AMOUNT.exec(body);
  if (!match || (match[1] === "" && !match[2])) return undefined;
  const places = match[2] ?? "";
  const shift = (match[3] ? ZEROS[match[3]] : 0) + 2 - places.length;
  const digits = match[1].replace(/,/g, "") + places;
  if (shift < 0) {
    if (!/^0*$/.test(digits.slice(shift))) return undefined;
    return sign(BigInt(digits.slice(0, shift) || "0"), signs);
  }
  return sign(BigInt(digits || "0") * 10n ** BigInt(shift), signs);
}

const sign = (amount, signs) => (signs ? -amount : amount);

/** Pence as a table shows pounds: 1,234.50; nil is a dash. */
export function shown(amount) {
  if (amount === 0n) return "-";
  const size = amount < 0n ? -amount : amount;
  const whole = (size / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "-" : ""}${whole}.${(size % 100n).toString().padStart(2, "0")}`;
}

/** Pence as a sentence shows pounds: £1,234, -£6.80; pence only where there are any. */
export function pounds(amount) {
  const text = amount === 0n ? "0" : shown(amount < 0n ? -amount : amount).replace(/\.00$/, "");
  return `${amount < 0n ? "-" : ""}£${text}`;
}
