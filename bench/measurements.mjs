import { measureBareHttp, measurePostgraphile, measureTypeorm } from './measure/peers.mjs';
import { measureRest } from './measure/rest.mjs';

/** Every measurement, in the order in which it runs; those that write come last. */
export const measurements = [
  { name: 'rest', measure: measureRest },
  { name: 'bare-http', measure: measureBareHttp },
  { name: 'typeorm', measure: measureTypeorm },
  { name: 'postgraphile', measure: measurePostgraphile },
];
