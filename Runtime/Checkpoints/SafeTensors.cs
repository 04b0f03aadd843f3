using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>
/// Checkpoints in the safetensors format: every tensor under its own name, those of stacked layers split.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: the published format, see <see cref="SafeTensorsHeader"/>. Files can be read by any of its
/// readers.</para>
/// <para><b>Memory</b>: the header; tensors go straight between the file and the arena.</para>
/// </remarks>
public static unsafe class SafeTensors
{
    const string ElementType = "F32";

    /// <summary>
    /// Writes an arena. The file is replaced as a whole, once everything is on the disk, or left as it was.
    /// </summary>
    /// <param name="path">Of the file; its folder must exist.</param>
    /// <param name="layout">Where each tensor lies.</param>
    /// <param name="data">[<see cref="ModelLayout.ArenaLength"/>] fp32; read.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, ModelLayout layout, float* data)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? "";
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException(
                $"{full} cannot be written: there is no folder {folder}. Create it first.");
        // In the same folder, so that the rename at the end stays on one disk and cannot stop halfway.
        string temporary = $"{full}.{Path.GetRandomFileName()}.tmp";
        byte[] header = Header(layout);
        try
        {
            using (SafeFileHandle file =
                File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None,
                header.Length + layout.ParameterCount * sizeof(float)))
            {
                RandomAccess.Write(file, header, 0);
                long position = header.Length;
                foreach (TensorLayout tensor in layout.Tensors)
                {
                    long bytes = tensor.Length * sizeof(float);
                    FileBytes.Write(file, (byte*)(data + tensor.Offset), bytes, position);
                    position += bytes;
                }
                RandomAccess.FlushToDisk(file);
            }
            File.Move(temporary, full, overwrite: true);
            DirectorySync.Flush(folder);
        }
        catch (Exception failure)
        {
            File.Delete(temporary);
            // How the library says that a file may not grow that far.
            if (failure is ArgumentOutOfRangeException)
                throw new IOException($"{full} cannot be written: {failure.Message} Save to another disk, or raise " +
                    "the limit on the size of files.", failure);
            throw;
        }
    }

    /// <summary>
    /// Reads an arena. The file is checked first as a whole against the layout, so a file that does not fit changes
    /// nothing.
    /// </summary>
    /// <param name="path">Of the file.</param>
    /// <param name="layout">Where each tensor goes.</param>
    /// <param name="data">[<see cref="ModelLayout.ArenaLength"/>] fp32; written, but for the padding.</param>
    /// <exception cref="CheckpointException">The file is damaged or of another model.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Load(string path, ModelLayout layout, float* data)
    {
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        SafeTensorsHeader header = SafeTensorsHeader.Read(path, file);
        CheckNames(path, header, layout);
        foreach (SafeTensorsEntry entry in header.Entries) CheckEntry(path, entry, layout.Find(entry.Name)!);
        foreach (SafeTensorsEntry entry in header.Entries)
        {
            TensorLayout tensor = layout.Find(entry.Name)!;
            if (!FileBytes.TryRead(file, (byte*)(data + tensor.Offset), entry.End - entry.Begin,
                header.DataStart + entry.Begin))
            {
                throw new CheckpointException(path,
                    $"the file became shorter while {entry.Name} was read, so some parameters are the file's and " +
                        "some are as before. " +
                    "Load again.", entry.Name);
            }
        }
    }

    /// <summary>Checks a file as a whole against a layout, and reads nothing of it.</summary>
    internal static void Check(string path, ModelLayout layout)
    {
        SafeTensorsHeader header = SafeTensorsHeader.Read(path);
        CheckNames(path, header, layout);
        foreach (SafeTensorsEntry entry in header.Entries) CheckEntry(path, entry, layout.Find(entry.Name)!);
    }

    /// <summary>
    /// The length, the JSON, and spaces that align the tensors after it, as the format's own writer does.
    /// </summary>
    static byte[] Header(ModelLayout layout)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Advance(Prefix(buffer));
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "modelcompiler");
            json.WriteString("model", layout.Name);
            json.WriteEndObject();
            long position = 0;
            foreach (TensorLayout tensor in layout.Tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", ElementType);
                json.WriteStartArray("shape");
                foreach (int axis in tensor.Shape) json.WriteNumberValue(axis);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(position);
                json.WriteNumberValue(position += tensor.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.WrittenCount % SafeTensorsHeader.PrefixLength != 0) buffer.Write(" "u8);
        byte[] header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)(header.Length - SafeTensorsHeader.PrefixLength));
        return header;
    }

    /// <summary>Room for the length, which is not known before the JSON is.</summary>
    static int Prefix(ArrayBufferWriter<byte> buffer)
    {
        buffer.GetSpan(SafeTensorsHeader.PrefixLength)[..SafeTensorsHeader.PrefixLength].Clear();
        return SafeTensorsHeader.PrefixLength;
    }

    static void CheckNames(string path, SafeTensorsHeader header, ModelLayout layout)
    {
        HashSet<string> present = [.. header.Entries.Select(e => e.Name)];
        List<string> missing = [.. layout.Tensors.Select(t => t.Name).Where(name => !present.Contains(name))];
        List<string> unexpected = [.. header.Entries.Select(e => e.Name).Where(name => layout.Find(name) is null)];
        if (missing.Count == 0 && unexpected.Count == 0) return;
        string origin = header.Metadata.TryGetValue("model", out string? model) ? $"a checkpoint of {model}"
            : "the file";
        var problems = new List<string>();
        if (missing.Count > 0) problems.Add($"it lacks {Some(missing)}");
        if (unexpected.Count > 0) problems.Add($"{layout.Name} has no {Some(unexpected)}");
        throw new CheckpointException(path,
            $"{origin} does not fit {layout.Name}: {string.Join("; ", problems)}. " +
            "Load it into the model that saved it, or rename fields so that their paths are the same.",
                missing.Concat(unexpected).First());
    }

    static string Some(List<string> names)
    {
        const int Shown = 4;
        string list = string.Join(", ", names.Take(Shown));
        return names.Count > Shown ? $"{list} and {names.Count - Shown} more" : list;
    }

    static void CheckEntry(string path, SafeTensorsEntry entry, TensorLayout tensor)
    {
        if (entry.ElementType != ElementType)
        {
            throw new CheckpointException(path,
                $"{entry.Name} is {entry.ElementType}; {ElementType} is expected. " +
                $"Convert the file to {ElementType} with the program that wrote it.", entry.Name);
        }
        if (!entry.Shape.SequenceEqual(tensor.Shape.Select(axis => (long)axis)))
        {
            throw new CheckpointException(path,
                $"{entry.Name} is {entry.ShapeText}; the model has {tensor.ShapeText}. " +
                "Load it into a model with the same sizes.", entry.Name);
        }
    }
}
