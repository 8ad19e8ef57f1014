import { ValidateBy } from 'class-validator';

/** The decimals of a number as JavaScript writes it: 1.5 has one, 1e-7 has seven. */
function decimalsOf(value: number): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

/**
 * A finite number with at most so many decimals. The rule of class-validator fails on numbers that JavaScript writes with
 * an exponent (typestack/class-validator#1705).
 */
export function IsDecimal(decimals: number): PropertyDecorator {
  return ValidateBy({
    name: 'isNumber',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'number' && Number.isFinite(value) && decimalsOf(value) <= decimals,
      defaultMessage: () => `$property must be a number with at most ${decimals} decimals`,
    },
  });
}
