const DAY_MS = 24 * 60 * 60 * 1_000;

/** The rest, in ms, that a `Retry-After` asks for: seconds or an HTTP date; a day at most. Undefined: none that can be read. */
export function restAskedFor(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, DAY_MS);
  const moment = /^[A-Z][a-z]{2}, .* GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(moment) ? undefined : Math.min(Math.max(moment - now, 0), DAY_MS);
}
