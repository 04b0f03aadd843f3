using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ModelCompiler.Build.Pages;
using ModelCompiler.Tests.Harness;

namespace ModelCompiler.Tests.Package;

/// <summary>The documentation's pages, made once for all tests of them.</summary>
public sealed class SitePages
{
    /// <summary>Assemblies whose public types are described.</summary>
    public static readonly string[] Assemblies = [.. new[] { "Definitions", "Runtime", "Runtime.Csv", "Runtime.Images", "Runtime.TensorBoard" }
        .Select(n => Path.Combine(AppContext.BaseDirectory, $"ModelCompiler.{n}.dll"))];

    /// <summary>Texts by path.</summary>
    public IReadOnlyDictionary<string, string> Files { get; } = CollectPages.Run(Repository.Root, Assemblies).Files;
}
