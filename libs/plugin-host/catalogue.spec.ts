import { describe, expect, it } from '@jest/globals';
import {
  BaseWorkflowNode,
  Contains,
  defineNode,
  Field,
  field,
  type JsonObject,
  type NodeContext,
  type NodeDefinition,
  toDefinition,
  ValidateIf,
  WorkflowNode,
} from '#plugin-sdk';
import { NodeCatalogue } from './catalogue.js';
import { installedNode, type InstalledNode } from './installed-node.js';

const plugin = { name: '@test/it', version: '1.0.0', digest: 'd1', source: 'built-in' } as const;
const nodeOf = (definition: NodeDefinition): InstalledNode => installedNode(definition, { plugin });
const task = (type: string, version = 1, aliases: readonly string[] = []): InstalledNode =>
  nodeOf(
    defineNode({
      type,
      version,
      label: type,
      category: 'data',
      effects: 'none',
      ports: ['out'],
      aliases: { types: aliases },
      config: { text: field.string({ default: 'x' }), n: field.number().optional() },
      execute: ({ to }) => to('out', null),
    }),
  );

describe('a catalogue', () => {
  const [old, fresh, other] = [task('ask', 1, ['llm']), task('ask', 2, ['llm', 'call_model']), task('tell')];
  const catalogue = new NodeCatalogue([old, fresh, other]);

  it('finds the newest, or the version that is asked for', () => {
    expect(catalogue.find('ask')).toBe(fresh);
    expect(catalogue.find('ask', 1)).toBe(old);
    expect(catalogue.find('ask', 3)).toBeUndefined();
    expect(catalogue.find('toString')).toBeUndefined();
  });

  it('finds by the names that old graphs use', () => {
    expect(catalogue.find('llm')).toBe(fresh);
    expect(catalogue.find('call_model', 1)).toBe(old);
  });

  it('lists everything, for rules that only need descriptions too', () => {
    expect(catalogue.all()).toEqual([old, fresh, other]);
    expect(
      catalogue
        .types()
        .all()
        .map(({ descriptor }) => `${descriptor.type}@${descriptor.version}`),
    ).toEqual(['ask@1', 'ask@2', 'tell@1']);
    expect(catalogue.types().find('llm')).toBe(fresh.definition);
    expect(catalogue.types().find('nobody')).toBeUndefined();
  });

  it('holds no type twice, and no name for two things', () => {
    expect(() => new NodeCatalogue([task('ask'), task('ask')])).toThrow('The node type ask@1 is there twice.');
    expect(() => new NodeCatalogue([task('ask'), task('tell', 1, ['ask'])])).toThrow(
      '"ask" is a node type, and an alias of "tell".',
    );
    expect(() => new NodeCatalogue([task('ask', 1, ['say']), task('tell', 1, ['say'])])).toThrow(
      '"say" is an alias of "ask" and of "tell".',
    );
  });
});

describe('a config made ready', () => {
  const node = task('ask');

  it('has its defaults, and is made ready once', () => {
    const resolved: JsonObject = { n: 1 };
    const ready = node.prepare(resolved);
    expect(ready).toEqual({ text: 'x', n: 1 });
    expect(node.prepare(resolved)).toBe(ready);
    expect(node.prepare(ready)).toBe(ready);
  });

  it('is refused with the type and the field', () => {
    expect(() => node.prepare({ txt: 'x' })).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        retryable: false,
        message: expect.stringMatching(/^ask: config\.txt is no field.*Did you mean "text"\?/),
      }),
    );
  });

  it('is checked by what a schema cannot say', () => {
    class Config {
      @Contains('@')
      @ValidateIf((_config, value) => {
        if (value === 'throw@') throw new Error('odd');
        return true;
      })
      @Field({ label: 'Address' })
      address!: string;
    }
    @WorkflowNode({ type: 'mail', label: 'Mail', category: 'data', effects: 'none', ports: ['out'], config: Config })
    class MailNode extends BaseWorkflowNode<Config> {
      execute({ config }: NodeContext<Config>) {
        return this.to('out', config.address);
      }
    }
    const mail = nodeOf(toDefinition(MailNode));
    expect(() => mail.prepare({ address: 'throw@' })).toThrow('mail: config cannot be checked: Error: odd');
    expect(mail.prepare({ address: 'a@b' })).toEqual({ address: 'a@b' });
    expect(() => mail.prepare({ address: 'a' })).toThrow('mail: config.address: address must contain a @ string.');
  });
});
