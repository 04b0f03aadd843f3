using System;
using System.IO;
using System.Reflection;
using System.Text;
using ModelCompiler.Build;
using ModelCompiler.Build.Pages;

// What touches the disk has no place in a generator. `report` and `cubins` are run by the package's targets after
// compilation, `pages` by the target Site of this project.
const int Succeeded = 0, Failed = 1, WrongUsage = 2;

try
{
    switch (args)
    {
        case ["report", { Length: > 0 } assembly, { Length: > 0 } report]:
            Report(assembly, report);
            return Succeeded;
        case ["cubins", { Length: > 0 } assembly, { Length: > 0 } pack, { Length: > 0 } targets,
            { Length: > 0 } references]:
            string done = new BuiltAssembly(assembly, File.ReadAllLines(references)).EmbedCubins(pack, targets);
            if (done.Length > 0) Console.WriteLine(done);
            return Succeeded;
        case ["pages", { Length: > 0 } repository, { Length: > 0 } folder, .. { Length: > 0 } assemblies]:
            PageFolder pages = CollectPages.Run(repository, assemblies);
            pages.WriteTo(folder);
            Console.WriteLine($"{pages.Files.Count} files of documentation in {folder}");
            return Succeeded;
        default:
            string actual = args.Length == 0 ? "nothing" : $"\"{string.Join(' ', args)}\"";
            Console.Error.WriteLine(
                $"ModelCompiler.Build was called with {actual}; expected: report <assembly.dll> <report.md>, or: " +
                "cubins <assembly.dll> <pack> <architectures> <references.txt>, or: " +
                "pages <repository> <folder> <assembly.dll>…");
            return WrongUsage;
    }
}
catch (Exception problem) when (args is ["cubins", ..] && problem is InvalidOperationException or IOException
    or UnauthorizedAccessException or BadImageFormatException or ReflectionTypeLoadException)
{
    // In the form that MSBuild takes for an error of its own; it is one line.
    string line = string.Join(' ', problem.Message.Split('\n', StringSplitOptions.TrimEntries));
    Console.Error.WriteLine($"ModelCompiler : error MCB001: {line}");
    return Failed;
}
catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or BadImageFormatException
    or InvalidDataException)
{
    string what = args[0] == "report" ? $"report the costs of {args[1]}" : $"write the pages of {args[1]}";
    Console.Error.WriteLine($"ModelCompiler.Build cannot {what}: {problem.Message}");
    return Failed;
}

static void Report(string assembly, string report)
{
    // Beside it: `obj/…/cuda/Samples.CharGpt.CharGpt.cu`.
    CudaTexts.WriteTo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(report))!, "cuda"), CudaTexts.Of(assembly));
    // Unchanged text leaves the file as it is, so that nothing that depends on it is built again.
    string text = ReportEmitter.Write(Path.GetFileNameWithoutExtension(assembly), ReadCosts.Run(assembly));
    if (!File.Exists(report) || File.ReadAllText(report) != text) File.WriteAllText(report, text,
        new UTF8Encoding(false));
    else File.SetLastWriteTimeUtc(report, DateTime.UtcNow);
}
