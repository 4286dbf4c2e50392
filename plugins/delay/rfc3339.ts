const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

/** A moment as RFC 3339 writes it, in ms since the epoch; null for anything else, 30 February included. */
export function instantOf(text: string): number | null {
  const parts = DATE_TIME.exec(text);
  if (!parts) return null;
  const [, year, month, day] = parts.map(Number);
  if (Number(day) > daysIn(Number(year), Number(month))) return null;
  const instant = Date.parse(text.toUpperCase());
  return Number.isNaN(instant) ? null : instant;
}

/** Day 0 of the next month is the last of this one. */
function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}
