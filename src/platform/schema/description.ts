import { applyDecorators } from '@nestjs/common';
import { ApiSchema } from '@nestjs/swagger';
import type { Shape } from './shape.js';

const descriptions = new Map<object, string>();

/** Says what a shape is. Every surface shows it, so it takes the place of a comment. */
export function Described(description: string): ClassDecorator {
  return applyDecorators(ApiSchema({ description }), (shape: object) => void descriptions.set(shape, description));
}

/** What a shape is. A derived shape does not inherit it, because it is something else. */
export function descriptionOf(shape: Shape): string | undefined {
  return descriptions.get(shape);
}
