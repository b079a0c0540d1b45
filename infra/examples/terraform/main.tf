# Rollcall as a part of a Terraform configuration: the files of a release in a bucket of yours, and the
# stack that its template describes.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "release" {
  description = "The folder of an unpacked release, such as ../rollcall-0.1.0."
  type        = string
}

variable "bucket" {
  description = "The bucket for its files, in the region of the stack."
  type        = string
}

variable "name" {
  description = "The name of the stack: at most 40 characters."
  type        = string
  default     = "rollcall"
}

variable "parameters" {
  description = "Parameters of the template: docs/operations.md."
  type        = map(string)
  default     = { Stage = "prod" }
}

locals {
  # The template names its files under this folder.
  folder = basename(abspath(var.release))
}

resource "aws_s3_object" "release" {
  for_each = fileset(var.release, "**")

  bucket      = var.bucket
  key         = "${local.folder}/${each.value}"
  source      = "${var.release}/${each.value}"
  source_hash = filemd5("${var.release}/${each.value}")
}

data "aws_s3_bucket" "code" {
  bucket = var.bucket
}

resource "aws_cloudformation_stack" "rollcall" {
  name         = var.name
  template_url = "https://${data.aws_s3_bucket.code.bucket_regional_domain_name}/${aws_s3_object.release["template.yaml"].key}"
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  parameters   = merge(var.parameters, { CodeBucket = var.bucket })

  # All files, not only the template.
  depends_on = [aws_s3_object.release]
}

output "tenant_url" {
  description = "What a customer's administrator enters as Tenant URL."
  value       = aws_cloudformation_stack.rollcall.outputs["TenantUrl"]
}

output "first_directory" {
  description = "The commands that create the first directory and its credential."
  value       = aws_cloudformation_stack.rollcall.outputs["FirstDirectory"]
}
