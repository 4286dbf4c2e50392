/** What a list of permissions says of a host: `*`, `*.example.com`, or the host itself. */
export const coversHost = (allowed: string, host: string): boolean =>
  allowed === '*' || allowed === host || (allowed.startsWith('*.') && host.endsWith(allowed.slice(1)));

/** What it says of a model: `*`, `provider/*`, or `provider/model`. */
export const coversModel = (allowed: string, model: string): boolean =>
  allowed === '*' || allowed === model || (allowed.endsWith('/*') && model.startsWith(allowed.slice(0, -1)));
