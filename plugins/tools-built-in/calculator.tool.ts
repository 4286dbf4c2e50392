import { Field, IsString, NodeFailure, type Tool, type ToolContext, WorkflowTool } from '@chatter/plugin-sdk';
import { ArithmeticError, calculate } from './arithmetic.js';

class CalculatorArguments {
  @IsString()
  @Field({
    label: 'Expression',
    help: 'Arithmetic, as in "(3 + 4) * 2 ^ 0.5" or "round(19.99 * 1.19, 2)".',
    min: 1,
    max: 1_000,
  })
  expression!: string;
}

/** Arithmetic, for models that count badly. What is too large for each digit to be right comes as a text. */
@WorkflowTool({
  name: 'calculator',
  description:
    'Computes arithmetic as written: + - * / % ^, parentheses, pi, e, and the functions abs, sqrt, floor, ceil, ' +
    'exp, ln, log (to base 10), sin, cos, tan, round(value, decimals), min, max, sum, avg. Gives a number.',
  effects: 'none',
  idempotent: true,
  arguments: CalculatorArguments,
})
export class CalculatorTool implements Tool<CalculatorArguments> {
  execute({ args: { expression } }: ToolContext<CalculatorArguments>): number | string {
    try {
      const value = calculate(expression) + 0; // no -0, which JSON does not keep
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? String(value) : value;
    } catch (error) {
      if (!(error instanceof ArithmeticError)) throw error;
      throw new NodeFailure({
        code: 'invalid_expression',
        message: `The expression cannot be computed. ${error.message}`,
      });
    }
  }
}
