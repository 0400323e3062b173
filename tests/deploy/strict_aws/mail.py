"""Rules for SES: what an account in the sandbox may send, and how SES reports the sandbox."""

from typing import Any

from tests.deploy.strict_aws.calls import Call, Refused, answers, rule


@answers("sesv2", "GetAccount")
def account(call: Call) -> dict[str, Any]:
    # SES API v2, GetAccount; SES guide, "Request production access": the sandbox's 200 and 1.
    is_out = call.facts.has_ses_production_access
    quota = {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0}
    sandbox = {"Max24HourSend": 200.0, "MaxSendRate": 1.0, "SentLast24Hours": 0.0}
    return {
        "ProductionAccessEnabled": is_out,
        "SendingEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": quota if is_out else sandbox,
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }


@rule("ses", "SendEmail")
def refuse_unverified_recipients(call: Call) -> None:
    # SES guide, "Amazon SES email sending errors": the sandbox knows verified addresses alone.
    if call.facts.has_ses_production_access:
        return
    verified = call.client("ses").list_verified_email_addresses()["VerifiedEmailAddresses"]
    asked = [item for listed in call.parameters["Destination"].values() for item in listed]
    if wrong := [address for address in asked if address not in verified]:
        raise Refused(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{call.region.upper()}: {', '.join(wrong)}",
        )
