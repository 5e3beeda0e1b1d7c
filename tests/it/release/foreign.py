"""Checks an envelope, or signs, with securesystemslib and cryptography.

  foreign.py verify ENVELOPE PUBLIC.pem COMMIT
  foreign.py sign PRIVATE.pem    bytes on standard input, signature in base64 on standard output
"""

import base64
import json
import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey


def verify(envelope, public, commit):
    with open(public, "rb") as file:
        # The key gets the name that this library gives it: the envelope has to have the same.
        key = SSlibKey.from_crypto(load_pem_public_key(file.read()))
    with open(envelope) as file:
        read = Envelope.from_dict(json.load(file))
    read.verify([key], 1)
    statement = json.loads(read.payload)
    assert read.payload_type == "application/vnd.in-toto+json", read.payload_type
    assert statement["_type"] == "https://in-toto.io/Statement/v1", statement
    assert statement["subject"] == [{"name": "commit", "digest": {"gitCommit": commit}}], statement
    predicate = statement["predicate"]
    assert statement["predicateType"] == "https://slsa.dev/verification_summary/v1", statement
    for field in ("verifier", "timeVerified", "resourceUri", "policy", "verificationResult", "verifiedLevels"):
        assert predicate[field], field
    assert predicate["verificationResult"] == "PASSED", predicate
    print("verified")


def sign(private):
    with open(private, "rb") as file:
        key = load_pem_private_key(file.read(), None)
    print(base64.b64encode(key.sign(sys.stdin.buffer.read())).decode())


globals()[sys.argv[1]](*sys.argv[2:])
