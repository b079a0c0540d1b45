// Rollcall as a part of a CDK app: the template of a release, whose files are in a bucket of yours.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Stack } from "aws-cdk-lib";
import { CfnInclude } from "aws-cdk-lib/cloudformation-include";

class Rollcall extends Stack {
  // `release` is the folder of an unpacked release, `parameters` are those of its template.
  constructor(scope, id, { release, bucket, parameters, ...props }) {
    super(scope, id, props);
    // The stage of the API and the alias of a function appear when SAM transforms the template, on
    // deployment. CfnInclude refuses what refers to what it does not see, so both references are left
    // out and added again.
    const template = readFileSync(join(release, "template.yaml"), "utf8");
    const templateFile = join(mkdtempSync(join(tmpdir(), "rollcall-")), "template.yaml");
    const seen = template
      .replace(/^ +DependsOn: ApiApiGatewayDefaultStage\n/m, "")
      .replace("!Ref AdminFunction.Alias", "none");
    writeFileSync(templateFile, seen);
    this.template = new CfnInclude(this, "Template", { templateFile, parameters: { CodeBucket: bucket, ...parameters } });
    this.template.getResource("Domain").addOverride("DependsOn", "ApiApiGatewayDefaultStage");
    const alias = { Ref: "AdminFunction.Alias" };
    this.template.getResource("PrivateAdmin").addPropertyOverride("Parameters.FunctionArn", alias);
  }
}

const app = new App();
new Rollcall(app, "Rollcall", {
  stackName: "rollcall",
  release: app.node.getContext("release"),
  bucket: app.node.getContext("bucket"),
  parameters: { Stage: "prod" },
});
