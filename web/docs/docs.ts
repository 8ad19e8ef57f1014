// The bundle that the package ships, by path because it exports only its sources. Bundling those (80 MB) again would double
// the time of the build.
import bundle from '../../node_modules/@scalar/api-reference/dist/browser/standalone.js?url';

interface ScalarWindow {
  readonly Scalar: {
    createApiReference(element: string, configuration: Readonly<Record<string, unknown>>): void;
  };
}

function open(): void {
  (window as unknown as ScalarWindow).Scalar.createApiReference('#docs', {
    url: '/openapi.json',
    // Nothing may be loaded from, or sent to, other servers.
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: 'never',
    persistAuth: false,
    defaultOpenAllTags: false,
    operationTitleSource: 'summary',
    hideClientButton: true,
    authentication: { preferredSecurityScheme: 'apiKey' },
  });
}

const script = document.createElement('script');
script.src = bundle;
script.addEventListener('load', open);
document.head.append(script);
