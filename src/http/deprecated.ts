import { applyDecorators, Header, HttpCode } from '@nestjs/common';

const since = Math.floor(Date.UTC(2026, 10, 1) / 1_000);
const until = new Date(Date.UTC(2027, 10, 1)).toUTCString();

/** An old route: it says so (RFC 9745), until when it is there (RFC 8594), and what has taken its place. */
export const Deprecated = (successor: string): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    Header('deprecation', `@${since}`),
    Header('sunset', until),
    Header('link', `<${successor}>; rel="successor-version"`),
  );
