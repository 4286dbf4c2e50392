import { type Metadata } from '@grpc/grpc-js';

import { accessDenied, unauthenticated } from './refusals.js';
import { type StreamDatabase } from './stream-database.js';
import { type Acl, isMetastream, streamOf } from './stream-metadata.js';

/** Users by name. `admin` is in `$admins`. */
export type Credentials = Readonly<Record<string, { readonly password: string; readonly groups?: readonly string[] }>>;

export type Right = 'read' | 'write' | 'delete';

interface User {
  readonly roles: readonly string[];
}

/**
 * Who may do what. Without credentials the server is insecure, and everyone may do everything.
 *
 * 1. `$admins` may do everything; who gives no name may do nothing; a wrong password is a refusal of its own.
 * 2. The stream's own list of roles decides; `$$stream` is under the metadata rights of its stream.
 * 3. Without a list: everyone for users' streams, `$admins` for those that begin with `$`, `$all` among them.
 * 4. Nobody writes to `$all` or deletes it, and nobody deletes the metadata of a stream.
 */
export class Access {
  private readonly credentials: Credentials | undefined;
  private readonly database: StreamDatabase;

  constructor(credentials: Credentials | undefined, database: StreamDatabase) {
    this.credentials = credentials;
    this.database = database;
  }

  demand(right: Right, stream: string, headers: Metadata): void {
    if (!this.credentials) return;
    const user = this.userOf(headers);
    if (!user || neverAllowed(right, stream)) throw accessDenied(); // rules 1 and 4
    if (user.roles.includes('$admins')) return;
    const roles = this.rolesOf(right, stream);
    if (!roles.some((role) => role === '$all' || user.roles.includes(role))) throw accessDenied();
  }

  private rolesOf(right: Right, stream: string): readonly string[] {
    const meta = isMetastream(stream);
    const original = meta ? streamOf(stream) : stream;
    const listed = this.database.metadata(original).acl[memberOf(right, meta)]; // rule 2
    return listed ?? (original.startsWith('$') ? ['$admins'] : ['$all']); // rule 3
  }

  private userOf(headers: Metadata): User | undefined {
    const [header] = headers.get('authorization');
    if (header === undefined) return undefined;
    const [, encoded = ''] = /^Basic (.+)$/.exec(String(header)) ?? [];
    const [name = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    const known = this.credentials?.[name];
    if (known?.password !== rest.join(':')) throw unauthenticated();
    return { roles: [name, ...(name === 'admin' ? ['$admins'] : []), ...(known.groups ?? [])] };
  }
}

const neverAllowed = (right: Right, stream: string): boolean =>
  (right !== 'read' && stream === '$all') || (right === 'delete' && isMetastream(stream));

const memberOf = (right: Right, meta: boolean): keyof Acl => {
  if (right === 'delete') return '$d';
  if (meta) return right === 'read' ? '$mr' : '$mw';
  return right === 'read' ? '$r' : '$w';
};
