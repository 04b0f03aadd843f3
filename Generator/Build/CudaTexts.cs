using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;

namespace ModelCompiler.Build;

/// <summary>
/// Writes each model's CUDA kernels as a file of their own: the text that is compiled where the model first runs on a
/// device, behind the prelude, so that any compiler of CUDA takes it.
/// </summary>
static class CudaTexts
{
    const string Class = "CudaKernels", Constant = "Source", Prelude = "prelude.cuh";

    /// <summary>The files of an assembly's models, by name; none where no model has CUDA as a target.</summary>
    /// <param name="assembly">Path of a .NET assembly: only its metadata are read.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<(string Name, string Text)> Of(string assembly)
    {
        using var image = new PEReader([.. File.ReadAllBytes(assembly)]);
        if (!image.HasMetadata) return [];
        MetadataReader reader = image.GetMetadataReader();
        string prelude = ReadPrelude();
        var files = new List<(string, string)>();
        foreach (TypeDefinition type in reader.TypeDefinitions.Select(reader.GetTypeDefinition))
        {
            if (type.GetDeclaringType().IsNil || !reader.StringComparer.Equals(type.Name, Class)) continue;
            if (Literal(reader, type) is not { } source) continue;
            TypeDefinition model = reader.GetTypeDefinition(type.GetDeclaringType());
            string ns = reader.GetString(model.Namespace), name = reader.GetString(model.Name);
            string full = ns.Length > 0 ? $"{ns}.{name}" : name;
            files.Add(($"{full}.cu", $"// Kernels of {full}, behind the prelude of ModelCompiler.\n\n{prelude}\n" +
                $"// {new string('-', 90)} {name}\n\n{source}\n"));
        }
        return [.. files.OrderBy(f => f.Item1, StringComparer.Ordinal)];
    }

    /// <summary>Writes them into a folder; a file with the same text stays as it is.</summary>
    public static void WriteTo(string folder, IReadOnlyList<(string Name, string Text)> files)
    {
        if (files.Count > 0) Directory.CreateDirectory(folder);
        foreach ((string name, string text) in files)
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path) || File.ReadAllText(path) != text)
                File.WriteAllText(path, text, new UTF8Encoding(false));
        }
    }

    static string? Literal(MetadataReader reader, TypeDefinition type)
    {
        foreach (FieldDefinition field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            if (!field.Attributes.HasFlag(FieldAttributes.Literal)
                || !reader.StringComparer.Equals(field.Name, Constant)) continue;
            Constant constant = reader.GetConstant(field.GetDefaultValue());
            if (constant.TypeCode != ConstantTypeCode.String) continue;
            BlobReader text = reader.GetBlobReader(constant.Value);
            return text.ReadUTF16(text.Length);
        }
        return null;
    }

    static string ReadPrelude()
    {
        using Stream stream = typeof(CudaTexts).Assembly.GetManifestResourceStream(Prelude)
            ?? throw new InvalidDataException($"{Prelude} is not among the resources of ModelCompiler.Build.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
