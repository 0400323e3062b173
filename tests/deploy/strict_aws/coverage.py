"""The list of AWS behaviour that the tests cannot show. docs/deploy.md repeats it word by word."""

NOT_COVERED: tuple[str, ...] = (
    "A deployment by a user with fewer rights than an administrator: only iam:PassRole is played.",
    "Access control of other calls than the two functions' own ones to S3, SNS, SQS and Lambda.",
    "Conditions of IAM policies: moto ignores the ones that it does not know, such as "
    "aws:PrincipalArn, aws:SecureTransport, lambda:SourceFunctionArn and sns:Protocol.",
    "Policies of buckets and topics, and the policies of the network's endpoints.",
    "Limits that an organization sets (SCPs), and permissions boundaries.",
    "The network: routes, security groups, interfaces of functions and DNS inside of it.",
    "In which zones a service is to be had, unless a test says so.",
    "RDS itself: its memory, its time-outs, its upgrades, its certificates and its snapshots.",
    "RDS parameters that the table of the stand-in does not have.",
    "DNS, certificates and their validation, and the domain of API Gateway.",
    "API Gateway's own limits: throttling, 10 MB for a body, 29 seconds for an answer.",
    "AWS WAF's rules.",
    "The clock of the schedule, and how late EventBridge may be.",
    "Lambda's retries of failed events, its queue for them, and the end of an event's life.",
    "Lambda's memory, its time-out, its file system and its cold starts.",
    "Whether SNS and SES deliver a message, and to whom.",
    "Whether SNS sends AWS:SourceAccount when it invokes a function: taken as no.",
    "Changes of a stack's resource that moto cannot change: it stays, and the stack counts as "
    "updated.",
    "How long CloudFormation takes, and in which order it makes what can be made side by side.",
    "Quotas of an account other than Lambda's limit of functions that run at once.",
    "Prices and the bill.",
)


def not_covered() -> list[str]:
    return sorted(NOT_COVERED)
