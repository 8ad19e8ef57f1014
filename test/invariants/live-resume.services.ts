import { followersMissNothing } from './live-suite.js';

// The same on two instances with Redis between them, which is killed and started again with everything forgotten.
followersMissNothing({ seeds: [1, 2, 3, 4, 5], withRedis: true });
