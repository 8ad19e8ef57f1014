import { Uuid } from '../schema/field.js';

/** The parameter of an operation on one resource. */
export class ById {
  @Uuid({ description: 'Identifier.' })
  id: string;
}
