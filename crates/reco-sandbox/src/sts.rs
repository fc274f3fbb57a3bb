//! STS, for one question: who signed the request? Query protocol, answered in XML.
//!
//! AWS: "GetCallerIdentity": no permissions are required, not even where a policy denies it.

use crate::http::{Request, Response, StatusCode, is_query_protocol, respond};
use crate::permissions::access_key;

/// Returns whether a request asks for the caller's identity.
pub(crate) fn is_asked(request: &Request) -> bool {
    let mut pairs = request.body().split(|byte| *byte == b'&');
    is_query_protocol(request) && pairs.any(|pair| pair == b"Action=GetCallerIdentity")
}

/// Answers with the IAM user whose access key signed the request: the key itself is its name.
pub(crate) fn identity(request: &Request, account: &str) -> Response {
    let key = access_key(request.headers()).unwrap_or_default();
    let known = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if key.is_empty() || !key.chars().all(known) {
        let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
                    <Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security \
                    token included in the request is invalid.</Message></Error>\
                    <RequestId>sandbox</RequestId></ErrorResponse>";
        return respond(StatusCode::FORBIDDEN, "text/xml", body);
    }
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/{key}</Arn>\
         <UserId>{key}</UserId><Account>{account}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>sandbox</RequestId></ResponseMetadata>\
         </GetCallerIdentityResponse>"
    );
    respond(StatusCode::OK, "text/xml", body)
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;

    use super::*;

    fn request(body: &'static str, signed: &str) -> Request {
        let request = hyper::Request::builder()
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("authorization", signed);
        request.body(Bytes::from_static(body.as_bytes())).expect("a request")
    }

    #[test]
    fn the_caller_is_whose_key_signed() {
        let signed = "AWS4-HMAC-SHA256 Credential=reader/20260101/us-east-1/sts/aws4_request";
        let asked = request("Action=GetCallerIdentity&Version=2011-06-15", signed);
        assert!(is_asked(&asked) && !is_asked(&request("Action=ListQueues", signed)));
        let answer = identity(&asked, "000000000000");
        let body = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(body.contains("<Arn>arn:aws:iam::000000000000:user/reader</Arn>"), "{body}");
        for signed in ["", "AWS4-HMAC-SHA256 Credential=<x>/20260101/us-east-1/sts/aws4_request"] {
            let answer = identity(&request("Action=GetCallerIdentity", signed), "000000000000");
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{signed}");
        }
    }
}
