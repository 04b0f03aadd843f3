using System;
using System.IO;
using System.Text;
using ModelCompiler.Build;

// Run by the package's targets after compilation: what touches the disk has no place in a generator.
const int Succeeded = 0, Failed = 1, WrongUsage = 2;

if (args is not ["report", { Length: > 0 } assembly, { Length: > 0 } report])
{
    string actual = args.Length == 0 ? "nothing" : $"\"{string.Join(' ', args)}\"";
    Console.Error.WriteLine(
        $"ModelCompiler.Build was called with {actual}; expected: report <assembly.dll> <report.md>");
    return WrongUsage;
}
try
{
    // Unchanged text leaves the file as it is, so that nothing that depends on it is built again.
    string text = ReportEmitter.Write(Path.GetFileNameWithoutExtension(assembly), ReadCosts.Run(assembly));
    if (!File.Exists(report) || File.ReadAllText(report) != text) File.WriteAllText(report, text,
        new UTF8Encoding(false));
    else File.SetLastWriteTimeUtc(report, DateTime.UtcNow);
    return Succeeded;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or BadImageFormatException)
{
    Console.Error.WriteLine($"ModelCompiler.Build cannot report the costs of {assembly}: {problem.Message}");
    return Failed;
}
