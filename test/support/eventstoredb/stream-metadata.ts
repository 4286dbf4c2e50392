/** What `$$<stream>` says about its stream. Unknown members are the users' own. */
export interface StreamMetadata {
  readonly truncateBefore?: bigint;
  readonly maxCount?: bigint;
  readonly maxAgeSeconds?: number;
  readonly acl: Acl;
  readonly softDeleted: boolean;
}

export interface Acl {
  readonly $r?: readonly string[];
  readonly $w?: readonly string[];
  readonly $d?: readonly string[];
  readonly $mr?: readonly string[];
  readonly $mw?: readonly string[];
}

export const none: StreamMetadata = { acl: {}, softDeleted: false };

export const isMetastream = (stream: string): boolean => stream.startsWith('$$');
export const metastreamOf = (stream: string): string => `$$${stream}`;
export const streamOf = (metastream: string): string => metastream.slice(2);

/** What a soft delete writes: a whole new metadata, so that rights and limits of before are gone. */
export const softDelete = Buffer.from('{"$tb":9223372036854775807}');

/** The metadata of before, with the stream beginning at `revision`. */
export const undeleted = (bytes: Uint8Array, revision: bigint): Uint8Array =>
  Buffer.from(JSON.stringify({ ...parsed(bytes), $tb: Number(revision) }));

/** Reads metadata as the server does: what is no JSON object counts as none. */
export const metadataOf = (bytes: Uint8Array): StreamMetadata => {
  const { $tb, $maxCount, $maxAge, $acl } = parsed(bytes);
  const softDeleted = typeof $tb === 'number' && $tb >= 2 ** 63 - 1;
  return {
    softDeleted,
    acl: aclOf($acl),
    ...(whole($tb) && { truncateBefore: BigInt($tb) }),
    ...(whole($maxCount) && { maxCount: BigInt($maxCount) }),
    ...(whole($maxAge) && { maxAgeSeconds: $maxAge }),
  };
};

const whole = (value: unknown): value is number => Number.isSafeInteger(value);

const parsed = (bytes: Uint8Array): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
};

/** A role stands alone or in a list. */
const aclOf = (value: unknown): Acl =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([right, roles]) => [right, [roles].flat().map(String)]))
    : {};
