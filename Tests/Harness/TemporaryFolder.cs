using System;
using System.IO;

namespace ModelCompiler.Tests.Harness;

/// <summary>A folder for one test's files.</summary>
public sealed class TemporaryFolder : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("modelcompiler-");

    public string[] Files => Directory.GetFiles(folder.FullName);

    public string this[string name] => Path.Combine(folder.FullName, name);

    public void Dispose() => folder.Delete(recursive: true);
}
