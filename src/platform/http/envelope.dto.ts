import { ApiProperty } from '@nestjs/swagger';
import { faultCatalogue } from '../faults/catalogue.js';

/** `meta` of every answer. */
export class Meta {
  @ApiProperty({ description: 'Identifies the request in logs.', type: 'string', pattern: '^req_[a-z0-9]+$' })
  requestId: string;

  @ApiProperty({ description: 'When the request was received.', type: 'string', format: 'date-time' })
  timestamp: string;

  @ApiProperty({ description: 'Version of the wire format.', type: 'string', example: '1.0.0' })
  version: string;
}

/** `pagination` of a list. */
export class Pagination {
  @ApiProperty({ description: 'Rows in all; exact up to 10,000.', type: 'integer', minimum: 0, required: false })
  total?: number;

  @ApiProperty({ description: 'Whether total is an estimate.', type: 'boolean', required: false })
  totalIsEstimate?: boolean;

  @ApiProperty({ description: 'Rows per page.', type: 'integer', minimum: 1, maximum: 100 })
  limit: number;

  @ApiProperty({ description: 'Rows skipped.', type: 'integer', minimum: 0 })
  offset: number;

  @ApiProperty({ description: 'Whether there is another page.', type: 'boolean' })
  hasMore: boolean;

  @ApiProperty({ description: 'Cursor of the next page.', type: 'string', nullable: true })
  nextCursor: string | null;
}

/** One thing that is wrong with the input. */
export class FieldProblem {
  @ApiProperty({ description: 'Where, such as `operations[3].task.title` or `query.limit`.', type: 'string' })
  path: string;

  @ApiProperty({ description: 'What is wrong with it.', type: 'string' })
  message: string;

  @ApiProperty({ description: 'Stable code.', type: 'string' })
  code: string;
}

/** A failure, as RFC 9457 problem details. */
export class Problem {
  @ApiProperty({ description: 'Always false.', type: 'boolean', enum: [false] })
  success: false;

  @ApiProperty({ description: 'URI of the kind of problem.', type: 'string', format: 'uri' })
  type: string;

  @ApiProperty({ description: 'The kind of problem in a few words.', type: 'string' })
  title: string;

  @ApiProperty({ description: 'HTTP status.', type: 'integer', minimum: 400, maximum: 599 })
  status: number;

  @ApiProperty({ description: 'What happened this time.', type: 'string' })
  detail: string;

  @ApiProperty({ description: 'Path of the request.', type: 'string' })
  instance: string;

  @ApiProperty({ description: 'Stable code to branch on.', type: 'string', enum: Object.keys(faultCatalogue) })
  code: string;

  @ApiProperty({ description: 'Everything that is wrong with the input.', type: () => [FieldProblem] })
  errors: FieldProblem[];

  @ApiProperty({ description: 'Identifies the request in logs.', type: 'string' })
  requestId: string;
}
