using System;

namespace ModelCompiler.Tests.Cuda;

/// <summary>Files of the test project are not there on another machine.</summary>
static class KernelText
{
    public static string Of(string name) => throw new NotSupportedException($"{name} is a file of the tests.");
}
