import { describe, expect, it } from '@jest/globals';
import { runTool } from '@chatter/plugin-sdk/testing';
import { CalculatorTool } from './calculator.tool.js';

const computed = async (expression: string): Promise<unknown> =>
  (await runTool(CalculatorTool, { args: { expression } })).result;

describe('the calculator', () => {
  it.each<[string, number | string]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['100 / 10 / 5', 2],
    ['7 % 4 * 2', 6],
    ['-7 % 4', -3],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['(-2) ^ 2', 4],
    ['2 ^ -1', 0.5],
    ['--3', 3],
    ['+3', 3],
    ['2 * -3', -6],
    ['  .5 + 1. ', 1.5],
    ['1e3 + 2.5E-1', 1000.25],
    ['-0', 0],
    ['2 ^ 60', '1152921504606847000'],
    ['sqrt(16) + ABS(-2)', 6],
    ['round(19.99 * 1.19, 2)', 23.79],
    ['round(1.005, 2)', 1.01],
    ['round(-2.5)', -3],
    ['round(1e-7, 3)', 0],
    ['floor(1.9) + ceil(1.1)', 3],
    ['min(3, 1, 2) + max(3, 1, 2)', 4],
    ['sum(1, 2, 3) + avg(1, 2, 3)', 8],
    ['log(1000) + ln(e) + exp(0)', 5],
    ['round(sin(pi / 2) + cos(0) + tan(0), 9)', 2],
    ['round(pi, 4)', 3.1416],
  ])('%s = %s', async (expression, value) => expect(await computed(expression)).toBe(value));

  it.each([
    ['1 / 0', 'divides by zero'],
    ['1 % 0', 'divides by zero'],
    ['sqrt(-1)', 'no finite number'],
    ['10 ^ 400', 'no finite number'],
    ['1e999', 'no finite number'],
    ['1 +', 'At character 4 it ends, where a number has to be'],
    ['1 2', 'At character 3 stands "2"'],
    ['(1', '")" has to be'],
    ['sqrt 4', '"(" after sqrt'],
    ['sqrt(1, 2)', 'sqrt takes 1 to 1 numbers, not 2'],
    ['round(1, 99)', '0 to 15 decimals'],
    ['process.exit()', '"process" is neither a function nor a constant'],
    ['constructor(1)', 'neither'],
    ['__proto__', 'a number'],
    ['"a"', 'a number'],
    [`${'('.repeat(101)}1`, 'nested deeper'],
    ['-'.repeat(101), 'nested deeper'],
    [`${'2^'.repeat(101)}1`, 'nested deeper'],
    ['1'.repeat(1_001), 'more than 1000 characters'],
  ])('refuses %s', async (expression, why) =>
    expect(computed(expression)).rejects.toMatchObject({
      code: 'invalid_expression',
      message: expect.stringContaining(why),
    }),
  );
});
