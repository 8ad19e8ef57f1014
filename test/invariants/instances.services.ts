import { instancesHold } from './instances-suite.js';

// The same with as many as an installation may have; `npm test` starts three.
instancesHold(10);
