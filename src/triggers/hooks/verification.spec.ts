import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Verify } from '../trigger.js';
import { deliveryIdIn, HookRate, SignedDeliveries } from './deliveries.js';
import { hookLimits } from './hook-limits.js';
import { verified } from './verification.js';

const now = Date.parse('2026-01-01T12:00:00Z');
const secret = 'of both';
const raw = Buffer.from('{"n": 1}');
const mac = (text: string | Buffer, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac('sha256', secret).update(text).digest(encoding);
const ask = (verify: Verify, headers: Record<string, string>, known: string | null = secret) =>
  verified(verify, { headers, raw }, known, now);
const hmac: Verify = { by: 'hmac_sha256', secret: 's', header: 'x-sig', prefix: 'v1=', timestampHeader: null };
const timed: Verify = { ...hmac, prefix: '', timestampHeader: 'x-time' };

describe('A request', () => {
  it('needs no proof where none is asked for', () => {
    expect(ask({ by: 'nothing' }, {}, null)).toEqual({ ok: true, signature: null });
  });

  it('may carry the secret itself (rule 1)', () => {
    const verify: Verify = { by: 'secret', secret: 's', header: 'x-token' };
    expect(ask(verify, { 'x-token': secret }).ok).toBe(true);
    for (const wrong of ['', 'of bot', 'of both ', 'OF BOTH']) expect(ask(verify, { 'x-token': wrong }).ok).toBe(false);
    expect(ask(verify, {}).ok).toBe(false);
    expect(ask(verify, { 'x-token': '' }, '').ok).toBe(false);
    expect(ask(verify, { 'x-token': 'null' }, null).ok).toBe(false);
  });

  it('may be signed, in hex or base64 (rule 2)', () => {
    expect(ask(hmac, { 'x-sig': `v1=${mac(raw)}` })).toEqual({ ok: true, signature: null });
    expect(ask(hmac, { 'x-sig': `v1=${mac(raw).toUpperCase()}` }).ok).toBe(true);
    expect(ask(hmac, { 'x-sig': `v1=${mac(raw, 'base64')}` }).ok).toBe(true);
    for (const wrong of [mac(raw), `v1=${mac('{"n":1}')}`, 'v1=', 'v1=zz', `v1=${mac(raw).slice(2)}`])
      expect(ask(hmac, { 'x-sig': wrong }).ok).toBe(false);
  });

  it('is signed together with its time, which is near (rules 2 and 3)', () => {
    const at = (ms: number, unit = 1_000) => {
      const time = String(Math.floor(ms / unit));
      return { 'x-time': time, 'x-sig': mac(`${time}.${raw.toString()}`) };
    };
    expect(ask(timed, at(now))).toEqual({ ok: true, signature: at(now)['x-sig'] });
    expect(ask(timed, at(now, 1)).ok).toBe(true);
    const { replayWindowMs } = hookLimits;
    expect(ask(timed, at(now - replayWindowMs)).ok).toBe(true);
    for (const far of [now - replayWindowMs - 1_000, now + replayWindowMs + 1_000, 0])
      expect(ask(timed, at(far)).ok).toBe(false);
    expect(ask(timed, { ...at(now - replayWindowMs * 2), 'x-time': at(now)['x-time'] }).ok).toBe(false);
    expect(ask(timed, { 'x-sig': mac(raw) }).ok).toBe(false);
    for (const time of ['', 'now', '-1', '1e3', '9'.repeat(16)])
      expect(ask(timed, { 'x-time': time, 'x-sig': mac(`${time}.${raw.toString()}`) }).ok).toBe(false);
  });
});

describe('The id of a delivery', () => {
  it('is where its sender writes it, the webhook own header first', () => {
    expect(deliveryIdIn({}, null)).toBeNull();
    expect(deliveryIdIn({ 'x-github-delivery': 'g' }, null)).toBe('g');
    expect(deliveryIdIn({ 'webhook-id': 'w', 'idempotency-key': 'i' }, null)).toBe('i');
    expect(deliveryIdIn({ 'x-own': 'o', 'idempotency-key': 'i' }, 'x-own')).toBe('o');
    expect(() => deliveryIdIn({ 'x-own': 'a b' }, 'x-own')).toThrow(
      expect.objectContaining({ code: 'invalid_header' }),
    );
  });

  it('stays what it was first for one signature, for as long as that is accepted', () => {
    const signed = new SignedDeliveries();
    expect(signed.idOf('s', 'first', now)).toBe('first');
    expect(signed.idOf('s', 'second', now + 1)).toBe('first');
    expect(signed.idOf('t', null, now)).toBe('signed t');
    expect(signed.idOf('t', 'late', now)).toBe('signed t');
    expect(signed.idOf('s', 'third', now + 2 * hookLimits.replayWindowMs + 1)).toBe('third');
  });

  it('is remembered for so many signatures, and not for more', () => {
    const signed = new SignedDeliveries();
    for (let n = 0; n <= hookLimits.signatures + 1; n += 1) signed.idOf(`s${n}`, 'one', now);
    expect(signed.idOf('s0', 'two', now)).toBe('two');
    expect(signed.idOf(`s${hookLimits.signatures}`, 'two', now)).toBe('one');
  });
});

describe('What a webhook may begin', () => {
  it('is so many at once, and some more each second; each has its own', () => {
    const rate = new HookRate();
    for (let n = 0; n < hookLimits.burst; n += 1) rate.take('a', now);
    expect(() => rate.take('a', now)).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
    rate.take('b', now);
    for (let n = 0; n < hookLimits.perSecond; n += 1) rate.take('a', now + 1_000);
    expect(() => rate.take('a', now + 1_000)).toThrow(expect.objectContaining({ code: 'too_many_requests' }));
    expect(() => rate.take('a', now)).toThrow(); // a clock that is set back gives nothing
    rate.forget('a');
    rate.take('a', now);
  });
});
