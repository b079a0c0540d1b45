#!/usr/bin/env python3
"""What a month of Rollcall costs in AWS: a calculator, and the examples of operations.md.

    docs/cost.py                             the worked examples
    docs/cost.py --customers 10 --people 1000
    docs/cost.py --check docs/operations.md  fails when that page has other figures
"""

import argparse
import sys

# US dollars in us-east-1, without the free tier. Check them against AWS's price list.
MILLION = 1e6
PRICE = {
    "API Gateway, HTTP API": 1.00 / MILLION,  # a request
    "Lambda requests": 0.20 / MILLION,
    "Lambda time": 0.0000133334,  # a GB-second, arm64
    "DynamoDB writes": 0.625 / MILLION,  # a write unit, on demand
    "DynamoDB reads": 0.125 / MILLION,
    "DynamoDB storage": 0.25,  # a GB and month
    "point-in-time recovery": 0.20,
    "CloudWatch Logs": 0.50,  # a GB taken in
    "CloudWatch metrics": 0.30,  # a metric and month
    "CloudWatch alarms": 0.10,  # a metric that an alarm looks at
    "Secrets Manager": 0.40,  # a secret and month
}

# What a request comes to: (requests, read units, write units). The units are those of
# docs/performance.md; three reads more for credential, its last use and directory, as if each request
# came alone. A user with Entra's default mapping is stored in 1,226 bytes: each write of it costs two
# units where a user of one KB costs one.
AUTH = 3
MATCH = (1, 1.5 + AUTH, 0)
CREATE = (1, AUTH, 13)
UPDATE = (2, 2 + 2 * AUTH, 2)  # read, then PATCH
RENAME = (2, 2 + 2 * AUTH, 10)
DELETE = (1, 2 + AUTH, 15 + 2 * 5 + 2)  # the last two for the tombstone
MEMBER = (2, 3 + 2 * AUTH, 3)  # the group is read, then one member added or removed

# What the event log adds to a change, in read and write units: alone, and in a batch of 100, as in a sync
# of everybody (tests/storage/units/events.rs). An event costs twice what it writes, because it is written
# in a transaction; head and check of the transaction are shared.
EVENT = (2, 10)
MEMBER_EVENT = (6, 10)
EVENT_OF_MANY = (1.1, 6.2)
MEMBER_EVENT_OF_MANY = (3.1, 2.3)
EVENT_BYTES, MEMBER_EVENT_BYTES = 2000, 450  # kept for a year
MARK_BYTES = 250  # of each user and of each membership

GROUPS_OF_A_PERSON = 5
# Of all people, in a month.
JOIN, LEAVE, CHANGE, MARRY, MOVE = 0.02, 0.02, 0.10, 0.005, 0.10

SECONDS, MEMORY = 0.015, 0.5  # of a request, and GB of a function
LOG_BYTES = 2000  # of a request: its line, Lambda's own, API Gateway's
# Of a person, with index entries and marks.
ITEM_BYTES = 1226 + 4 * 250 + GROUPS_OF_A_PERSON * 2 * 300 + (1 + GROUPS_OF_A_PERSON) * MARK_BYTES
METRICS = 21 * 4 + 7 + 1  # of 21 routes with their status, of functions, of credentials
JOB_METRICS = 4  # published each minute, even without requests: of jobs and of subscriptions
ALARMED = 42  # metrics that alarms look at: tests/template/cost.rs counts them
TICKS = 2 * 30 * 24 * 60  # of the schedules of `changes` and `deliver`


def times(count, *kinds):
    return tuple(count * sum(kind[i] for kind in kinds) for i in range(3))


def total(*parts):
    return tuple(sum(part[i] for part in parts) for i in range(3))


def month(people, busy):
    """The bill of a month in which nothing special happens; `busy` is the part of its hours
    with requests."""
    memberships = GROUPS_OF_A_PERSON
    requests, reads, writes = total(
        times(people * JOIN, MATCH, CREATE, *[MEMBER] * memberships),
        times(people * LEAVE, UPDATE, DELETE),
        times(people * CHANGE, MATCH, UPDATE),
        times(people * MARRY, MATCH, RENAME),
        times(people * MOVE, MEMBER),
    )
    # A leaver is disabled, removed from each group, and deleted.
    events = people * (JOIN + 2 * LEAVE + CHANGE + MARRY)
    member_events = people * (memberships * (JOIN + LEAVE) + MOVE)
    reads += events * EVENT[0] + member_events * MEMBER_EVENT[0]
    writes += events * EVENT[1] + member_events * MEMBER_EVENT[1]
    log = 12 * (events * EVENT_BYTES + member_events * MEMBER_EVENT_BYTES)
    batches = events + member_events
    return bill(people, requests, reads, writes, busy, fixed=True, batches=batches, log=log)


def first_cycle(people):
    """What it costs to take everybody in, once."""
    requests, reads, writes = times(people, MATCH, CREATE, *[MEMBER] * GROUPS_OF_A_PERSON)
    members = people * GROUPS_OF_A_PERSON
    reads += people * EVENT_OF_MANY[0] + members * MEMBER_EVENT_OF_MANY[0]
    writes += people * EVENT_OF_MANY[1] + members * MEMBER_EVENT_OF_MANY[1]
    return bill(0, requests, reads, writes, 0, fixed=False, batches=(people + members) / 100, log=0)


def bill(people, requests, reads, writes, busy, fixed, batches, log):
    """`batches` are those of the stream, each with its events; `log` are the bytes of a year's events."""
    ticks = TICKS if fixed else 0
    gigabytes = (people * ITEM_BYTES + log) / 1e9
    amounts = {
        "API Gateway, HTTP API": requests,
        "Lambda requests": requests + ticks + batches,
        "Lambda time": (requests + ticks + batches) * SECONDS * MEMORY,
        "DynamoDB writes": writes,
        # A tick reads the queue of jobs or the list of subscriptions; a batch, the subscriptions of a directory.
        "DynamoDB reads": reads + ticks * 3 + batches,
        "DynamoDB storage": gigabytes,
        "point-in-time recovery": gigabytes,
        "CloudWatch Logs": (requests * LOG_BYTES + ticks * 500) / 1e9,
        "CloudWatch metrics": METRICS * busy + (JOB_METRICS if fixed else 0),
        "CloudWatch alarms": ALARMED if fixed else 0,
        "Secrets Manager": 2 if fixed else 0,  # the administrator key and the deployment secret
    }
    return requests, {name: amounts[name] * PRICE[name] for name in PRICE}


def table(title, columns):
    lines = [f"| {title} | " + " | ".join(name for name, _ in columns) + " |"]
    lines.append("|---|" + "---:|" * len(columns))
    lines.append("| requests | " + " | ".join(f"{requests:,.0f}" for _, (requests, _) in columns) + " |")
    for name in PRICE:
        cells = [f"{costs[name]:,.2f}" for _, (_, costs) in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    sums = [f"**{sum(costs.values()):,.2f}**" for _, (_, costs) in columns]
    lines.append("| **together, US$** | " + " | ".join(sums) + " |")
    return "\n".join(lines)


def examples():
    return table("a month", [
        ("10 customers of 1,000 people", month(10_000, 0.3)),
        ("one customer of 1,000,000", month(1_000_000, 1.0)),
        ("taking in 1,000,000, once", first_cycle(1_000_000)),
    ])


def main():
    parser = argparse.ArgumentParser(description="What a month of Rollcall costs in AWS.")
    parser.add_argument("--customers", type=int, default=1)
    parser.add_argument("--people", type=int, help="of each customer")
    parser.add_argument("--busy", type=float, default=1.0, help="part of the hours with requests")
    parser.add_argument("--check", metavar="PAGE", help="whether PAGE holds the examples as they are")
    options = parser.parse_args()
    if options.check:
        with open(options.check, encoding="utf-8") as page:
            if examples() not in page.read():
                sys.exit(f"{options.check} has other figures than docs/cost.py:\n{examples()}")
    elif options.people:
        people = options.customers * options.people
        print(table("a month", [(f"{people:,} people", month(people, options.busy))]))
    else:
        print(examples())


if __name__ == "__main__":
    main()
