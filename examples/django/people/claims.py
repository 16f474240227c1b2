"""What the site says about a person in ID tokens and at the userinfo endpoint."""

from oauth2_provider.oauth2_validators import OAuth2Validator


class Claims(OAuth2Validator):
    """The person's name, address and Django groups, under the scopes that they belong to."""

    oidc_claim_scope = {**OAuth2Validator.oidc_claim_scope, "groups": "profile"}

    def get_additional_claims(self, request):
        person = request.user
        return {
            "name": person.get_full_name() or person.get_username(),
            "preferred_username": person.get_username(),
            "email": person.email,
            # Addresses are entered by this site's own staff: nobody can claim another one's.
            "email_verified": bool(person.email),
            "groups": sorted(person.groups.values_list("name", flat=True)),
        }

    # Nobody is signed in without a page: `prompt=none` is answered with `login_required`. Without these two the
    # library answers it with an error of its own.

    def validate_silent_login(self, request):
        return False

    def validate_silent_authorization(self, request):
        return False
