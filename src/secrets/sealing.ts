import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { SealedValue } from '#engine';

/** Whose secret it is, and which: a sealed value opens nowhere else. */
export interface Place {
  readonly tenant: string;
  readonly name: string;
}

/** Seals values with AES-256-GCM, under a key of each one's own: HKDF of the server's secret, a salt, and the place. */
export class Sealing {
  constructor(private readonly secret: string) {}

  seal(value: string, place: Place): SealedValue {
    const [salt, iv] = [randomBytes(16), randomBytes(12)];
    const cipher = createCipheriv('aes-256-gcm', this.key(salt, place), iv);
    const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return { data: base64(data), iv: base64(iv), salt: base64(salt), tag: base64(cipher.getAuthTag()) };
  }

  /** Throws where the value was changed, or sealed under another secret of the server. */
  open({ salt, iv, data, tag }: SealedValue, place: Place): string {
    const decipher = createDecipheriv('aes-256-gcm', this.key(bytes(salt), place), bytes(iv));
    decipher.setAuthTag(bytes(tag));
    return Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString('utf8');
  }

  private key(salt: Buffer, { tenant, name }: Place): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, salt, JSON.stringify(['chatter.secret.v1', tenant, name]), 32));
  }
}

const base64 = (buffer: Buffer): string => buffer.toString('base64');
const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
