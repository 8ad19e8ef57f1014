import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The pages for people. The service serves what is built here, so a page loads nothing from other servers. */
// Vite reads its settings from the default export.
export default defineConfig({
  root: page('.'),
  base: '/web/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Inlined assets would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      input: { home: page('index.html'), docs: page('docs/index.html'), graphiql: page('graphiql/index.html') },
      // The packages of GraphiQL mark files for React's server components, which a browser bundle has none of.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning);
      },
    },
  },
});
