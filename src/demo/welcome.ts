import type { Environment } from '../config/environment.js';
import type { FirstStart } from './first-start.js';

/** What a newcomer is told: where to look, who to sign in as, one line to try. */
export function welcome(
  address: string,
  { dataDir, adminEmail, publicUrl }: Environment,
  made: FirstStart | null,
): string {
  const url = publicUrl?.replace(/\/$/, '') ?? address;
  const lines = [`Chatter is running at ${url}`, `  API reference   ${url}/docs`, `  Data            ${dataDir}`];
  if (!made) {
    return `${[...lines, `  Sign in as      ${adminEmail}; the password and the API key were shown at the first start.`, `                  Another key: sign in (POST /api/v1/auth/login), then POST /api/v1/auth/api-keys`].join('\n')}\n`;
  }
  const body = JSON.stringify({
    workflow_type: 'definition',
    definition_id: made.definitionId,
    input_data: { query: 'Hello, world!' },
  });
  return `${[
    ...lines,
    `  Sign in as      ${adminEmail}${made.password === null ? '' : `   password ${made.password}   (shown this once)`}`,
    `  API key         ${made.apiKey}   (shown this once)`,
    '',
    'Try:',
    `  curl -s ${url}/api/v1/workflows/execute -H 'Authorization: Bearer ${made.apiKey}' -H 'Content-Type: application/json' -d '${body}'`,
  ].join('\n')}\n`;
}
