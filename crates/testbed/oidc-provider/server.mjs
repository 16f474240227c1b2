// panva's oidc-provider with its own pages for development: a password is asked for, and any is right. Requests for
// authorization must be pushed (RFC 9126). What it needs comes from the environment, by src/provider/panva.rs.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { NODE_MODULES, ISSUER, PORT, PORTAL, CLIENT_SECRET, PEOPLE } = process.env;
const { Provider } = await import(pathToFileURL(`${NODE_MODULES}/oidc-provider/lib/index.js`));

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };

// Read anew for every token: the test changes it.
const person = (id) => JSON.parse(readFileSync(PEOPLE, 'utf8'))[id];

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: 'lanyard',
    client_secret: CLIENT_SECRET,
    redirect_uris: [`${PORTAL}/callback`],
    post_logout_redirect_uris: [`${PORTAL}/signed-out`],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  // Of the claims of these scopes the ID token has none: that is what userinfo is for.
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email', 'email_verified'] },
  features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } },
  findAccount: (_, id) => person(id) && { accountId: id, claims: () => ({ sub: id, ...person(id) }) },
  jwks: { keys: [key] },
  cookies: { keys: [CLIENT_SECRET] },
  pkce: { required: () => true },
});
provider.on('server_error', (_, error) => console.error(error));
provider.listen(Number(PORT), '127.0.0.1');
