import { pino, type Logger } from 'pino';

export const LOG = Symbol('log');

/** Structured lines on standard output. Credentials are cut out wherever they could stand. */
export const makeLog = (level: string): Logger =>
  pino({
    level,
    redact: {
      paths: [
        '*.authorization',
        '*.password',
        '*.refresh_token',
        '*.access_token',
        '*.key',
        'req.headers.authorization',
        'req.headers.cookie',
      ],
      censor: '[redacted]',
    },
  });
