import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import timestampPb from 'google-protobuf/google/protobuf/timestamp_pb.js';
import sharedPb from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streamsPb, {
  type BatchAppendResp,
  type ReadReq,
  type ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';

import { EventStoreDbServer } from './index.js';
import { empty, identifierOf, idOf, uuidOf } from './wire.js';

/** What the clients never send, or send otherwise: said to the server in its own words. */
describe('the protocol, message by message', () => {
  let server: EventStoreDbServer;
  let client: InstanceType<typeof streamsGrpc.StreamsClient>;

  beforeAll(async () => {
    server = await EventStoreDbServer.start();
    client = new streamsGrpc.StreamsClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });

  afterAll(async () => {
    client.close();
    await server.stop();
  });

  const proposed = (id = randomUUID(), without?: string) => {
    const message = new streamsPb.BatchAppendReq.ProposedMessage();
    message.setId(uuidOf(id, false));
    for (const [key, value] of [
      ['type', 'Counted'],
      ['content-type', 'application/json'],
    ] as const) {
      if (key !== without) message.getMetadataMap().set(key, value);
    }
    message.setData(Buffer.from('{"n":1}').toString('base64'));
    return message;
  };

  const optionsOf = (stream: string, deadline?: Date) => {
    const options = new streamsPb.BatchAppendReq.Options();
    options.setStreamIdentifier(identifierOf(stream));
    options.setNoStream(new sharedPb.Empty() as never);
    if (deadline) options.setDeadline(timestampPb.Timestamp.fromDate(deadline));
    return options;
  };

  /** One piece of an append: with options the first, with `final` the last. */
  const piece = (
    id: string,
    options: ReturnType<typeof optionsOf> | undefined,
    messages: ReturnType<typeof proposed>[],
    final: boolean,
  ) => {
    const request = new streamsPb.BatchAppendReq();
    request.setCorrelationId(uuidOf(id, false));
    if (options) request.setOptions(options);
    request.setProposedMessagesList(messages);
    request.setIsFinal(final);
    return request;
  };

  const answers = async (pieces: ReturnType<typeof piece>[], count: number): Promise<BatchAppendResp[]> => {
    const call = client.batchAppend();
    for (const one of pieces) call.write(one);
    const got: BatchAppendResp[] = [];
    await new Promise<void>((resolve, reject) => {
      call.on('data', (answer: BatchAppendResp) => got.push(answer) === count && resolve());
      call.on('error', reject);
    });
    call.end();
    return got;
  };

  const detailsOf = (answer: BatchAppendResp | undefined): string | undefined =>
    answer?.getError()?.getDetails()?.getTypeName();

  it('puts appends together from pieces that come mixed, each by its correlation id', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const got = await answers(
      [
        piece(one, optionsOf('mixed-1'), [proposed()], false),
        piece(two, optionsOf('mixed-2'), [proposed()], false),
        piece(one, undefined, [proposed()], true),
        piece(two, undefined, [proposed(), proposed()], true),
        piece(randomUUID(), undefined, [proposed()], true), // of no append that was begun: passed over
        piece(two, undefined, [proposed()], true), // of one that was answered: passed over
        piece(one, optionsOf('mixed-1'), [proposed()], true),
      ],
      3,
    );
    expect(got.map((answer) => idOf(answer.getCorrelationId()))).toEqual([one, two, one]);
    expect(got.map((answer) => answer.getSuccess()?.getCurrentRevision())).toEqual(['1', '2', undefined]);
    expect(detailsOf(got[2])).toBe('event_store.client.WrongExpectedVersion');
  });

  it('answers a time-out where the deadline has passed, or passes before the last piece', async () => {
    const soon = new Date(Date.now() + 60);
    const got = await answers(
      [
        piece(randomUUID(), optionsOf('late-1', new Date(Date.now() - 1)), [proposed()], true),
        piece(randomUUID(), optionsOf('late-1', soon), [proposed()], false),
      ],
      2,
    );
    expect(got.map(detailsOf)).toEqual(['event_store.client.Timeout', 'event_store.client.Timeout']);
  });

  it.each([
    ['no stream', () => piece(randomUUID(), optionsOf(''), [proposed()], true)],
    ['no content type', () => piece(randomUUID(), optionsOf('bad-1'), [proposed(undefined, 'content-type')], true)],
    ['no type', () => piece(randomUUID(), optionsOf('bad-1'), [proposed(undefined, 'type')], true)],
    [
      'no expected revision',
      () => {
        const options = optionsOf('bad-1');
        options.clearNoStream();
        return piece(randomUUID(), options, [proposed()], true);
      },
    ],
  ])('answers an append with %s as a bad request, and goes on with others', async (_, bad) => {
    const got = await answers([bad(), piece(randomUUID(), optionsOf(`good-${randomUUID()}`), [proposed()], true)], 2);
    expect(detailsOf(got[0])).toBe('event_store.client.BadRequest');
    expect(got[1]?.hasSuccess()).toBe(true);
  });

  it('answers an append of nothing with where the stream is', async () => {
    const [got] = await answers([piece(randomUUID(), optionsOf('nothing-1'), [], true)], 1);
    expect(got?.getSuccess()?.hasNoStream()).toBe(true);
  });

  const readRequest = (change: (options: ReadReq.Options) => void): ReadReq => {
    const options = new streamsPb.ReadReq.Options();
    const stream = new streamsPb.ReadReq.Options.StreamOptions();
    stream.setStreamIdentifier(identifierOf('ids-1'));
    stream.setStart(empty());
    options.setStream(stream);
    options.setCount('10');
    options.setNoFilter(empty());
    const ids = new streamsPb.ReadReq.Options.UUIDOption();
    ids.setStructured(empty());
    options.setUuidOption(ids);
    change(options);
    const request = new streamsPb.ReadReq();
    request.setOptions(options);
    return request;
  };

  const read = (request: ReadReq): Promise<ReadResp[]> =>
    new Promise((resolve, reject) => {
      const got: ReadResp[] = [];
      client
        .read(request, new Metadata())
        .on('data', (answer: ReadResp) => got.push(answer))
        .on('error', reject)
        .on('end', () => resolve(got));
    });

  it('gives ids in the form that was asked for', async () => {
    const id = 'f1e2d3c4-b5a6-4798-8a9b-fcfdfeff0001';
    await answers([piece(randomUUID(), optionsOf('ids-1'), [proposed(id)], true)], 1);
    const [found] = await read(readRequest(() => undefined));
    const recorded = found?.getEvent()?.getEvent();
    expect(recorded?.getId()?.hasStructured()).toBe(true);
    expect(idOf(recorded?.getId())).toBe(id);
  });

  const all = (options: ReadReq.Options): ReadReq.Options.AllOptions => {
    const every = new streamsPb.ReadReq.Options.AllOptions();
    options.setAll(every);
    return every;
  };

  const filtered = (options: ReadReq.Options): ReadReq.Options.FilterOptions => {
    all(options).setStart(empty());
    const filter = new streamsPb.ReadReq.Options.FilterOptions();
    options.setFilter(filter);
    return filter;
  };

  const expression = (...prefixes: string[]): ReadReq.Options.FilterOptions.Expression => {
    const by = new streamsPb.ReadReq.Options.FilterOptions.Expression();
    by.setPrefixList(prefixes);
    return by;
  };

  it.each<[string, (options: ReadReq.Options) => void]>([
    ['without a form of ids', (options) => options.clearUuidOption()],
    ['without a count', (options) => options.clearCount()],
    ['without a stream', (options) => options.clearStream()],
    ['without a word about filters', (options) => options.clearNoFilter()],
    ['that filters one stream', (options) => options.setFilter(new streamsPb.ReadReq.Options.FilterOptions())],
    ['that begins nowhere', (options) => options.getStream()?.clearStart()],
    ['of $all that begins nowhere', (options) => void all(options)],
    [
      'that follows backwards',
      (options) => {
        options.setSubscription(new streamsPb.ReadReq.Options.SubscriptionOptions());
        options.setReadDirection(streamsPb.ReadReq.Options.ReadDirection.BACKWARDS);
      },
    ],
    ['with a filter by nothing', (options) => void filtered(options)],
    ['with a filter without a window', (options) => filtered(options).setStreamIdentifier(expression('a-'))],
    ['with a filter without prefixes', (options) => filtered(options).setStreamIdentifier(expression())],
  ])('refuses a read %s', async (_, change) => {
    await expect(read(readRequest(change))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('reads $all by a filter, once', async () => {
    await answers([piece(randomUUID(), optionsOf('filtered-1'), [proposed()], true)], 1);
    const got = await read(
      readRequest((options) => {
        const filter = filtered(options);
        filter.setStreamIdentifier(expression('filtered-'));
        filter.setMax(5);
      }),
    );
    expect(got).toHaveLength(1);
  });

  it('has no subscription with an interval of no checkpoints', async () => {
    const request = readRequest((options) => {
      const filter = filtered(options);
      filter.setStreamIdentifier(expression('a-'));
      filter.setCount(empty());
      options.setSubscription(new streamsPb.ReadReq.Options.SubscriptionOptions());
    });
    await expect(read(request)).rejects.toMatchObject({ code: status.UNKNOWN });
  });

  it('refuses an append that does not begin with its options, and one that goes on with them', async () => {
    const append = (...messages: InstanceType<typeof streamsPb.AppendReq>[]): Promise<ServiceError | null> =>
      new Promise((resolve) => {
        const call = client.append((error) => resolve(error));
        for (const message of messages) call.write(message);
        call.end();
      });
    const options = new streamsPb.AppendReq.Options();
    options.setStreamIdentifier(identifierOf('v1-1'));
    options.setAny(empty());
    const first = new streamsPb.AppendReq();
    first.setOptions(options);
    expect(await append()).toMatchObject({ code: status.UNKNOWN });
    expect(await append(first, first)).toMatchObject({ code: status.INVALID_ARGUMENT });
    const idless = new streamsPb.AppendReq();
    const message = new streamsPb.AppendReq.ProposedMessage();
    message.getMetadataMap().set('type', 'Counted').set('content-type', 'application/json');
    idless.setProposedMessage(message);
    expect(await append(first, idless)).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(await append(first)).toBeNull();
  });

  it('refuses a delete without options', async () => {
    const error = await new Promise((resolve) => {
      client.delete(new streamsPb.DeleteReq(), (refused) => resolve(refused));
    });
    expect(error).toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});
