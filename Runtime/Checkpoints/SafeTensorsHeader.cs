using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>What a safetensors file says about itself: its tensors, where their bytes are, and metadata.</summary>
/// <remarks>
/// <para><b>Source</b>: the published format, github.com/huggingface/safetensors: eight bytes with the length of the
/// header, little-endian; the header, a JSON object; then the bytes of all tensors without gaps.</para>
/// <para><b>Errors</b>: reading checks the file as a whole, so an entry's bytes are inside the file, belong to no other
/// entry and are as many as its shape needs.</para>
/// </remarks>
public sealed class SafeTensorsHeader
{
    /// <summary>
    /// Longer headers are refused, by the format's own reader too: a damaged length must not make us reserve the
    /// memory.
    /// </summary>
    const long MaxLength = 100_000_000;

    /// <summary>Bytes in front of the JSON text.</summary>
    internal const int PrefixLength = 8;

    readonly string path;
    readonly List<SafeTensorsEntry> entries = [];
    readonly Dictionary<string, string> metadata = [];
    readonly HashSet<string> names = [];

    SafeTensorsHeader(string path) => this.path = path;

    /// <summary>The tensors, in the order of their bytes.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries => entries;

    /// <summary>Free text of the writer.</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Where the bytes of tensors start in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>Reads and checks the header of a file.</summary>
    /// <param name="path">Of the file.</param>
    /// <exception cref="CheckpointException">It is not a safetensors file, or damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafeTensorsHeader Read(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return Read(path, file);
    }

    internal static SafeTensorsHeader Read(string path, SafeFileHandle file)
    {
        var header = new SafeTensorsHeader(path);
        long fileLength = RandomAccess.GetLength(file);
        Span<byte> prefix = stackalloc byte[PrefixLength];
        if (fileLength < PrefixLength || !FileBytes.TryRead(file, prefix, 0))
            throw header.Damaged(
                $"the file has {fileLength} bytes; a safetensors file has at least {PrefixLength + 2}");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength) throw header.Damaged(
            $"this is no safetensors file: its first eight bytes would make a header of {length} bytes, and at most " +
            $"{MaxLength} are allowed");
        if ((long)length > fileLength - PrefixLength)
            throw header.Damaged(
                $"its header should have {length} bytes, but the file ends after {fileLength - PrefixLength}");
        var json = new byte[length];
        if (!FileBytes.TryRead(file, json, PrefixLength)) throw header.Damaged(
            "the file became shorter while it was read");
        header.DataStart = PrefixLength + (long)length;
        header.Parse(json);
        header.CheckPlaces(fileLength - header.DataStart);
        return header;
    }

    void Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            Expect(ref reader, JsonTokenType.StartObject, "an object");
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (!names.Add(name)) throw Damaged($"its header names {name} twice", name);
                if (name == "__metadata__") ParseMetadata(ref reader);
                else entries.Add(ParseEntry(ref reader, name));
            }
            // Spaces may follow; anything else makes the reader throw.
            while (reader.Read()) { }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            string problem = $"its header is not the JSON of a safetensors file: {failure.Message} {WayOut}";
            throw new CheckpointException(path, problem, null, failure);
        }
    }

    void ParseMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "an object for __metadata__");
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, $"text for __metadata__.{key}");
            metadata[key] = reader.GetString()!;
        }
    }

    SafeTensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        string? elementType = null;
        List<long>? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, $"an object for {name}", name);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            switch (key)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String, $"text for the dtype of {name}", name);
                    elementType = reader.GetString();
                    break;
                case "shape":
                    shape = Integers(ref reader, name, key);
                    break;
                case "data_offsets":
                    offsets = Integers(ref reader, name, key);
                    break;
                default:
                    throw Damaged($"its header has {key} for {name}; only dtype, shape and data_offsets are known",
                        name);
            }
        }
        if (elementType is null || shape is null || offsets is not { Count: 2 })
            throw Damaged($"its header does not give dtype, shape and two data_offsets for {name}", name);
        return new SafeTensorsEntry(name, elementType, shape, offsets[0], offsets[1]);
    }

    List<long> Integers(ref Utf8JsonReader reader, string name, string key)
    {
        var values = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray, $"a list for the {key} of {name}", name);
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
                throw Damaged($"the {key} of {name} must hold integers of at least 0", name);
            values.Add(value);
        }
        return values;
    }

    void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what, string? tensor = null)
    {
        JsonTokenType actual = Next(ref reader);
        if (actual != type) throw Damaged($"its header has {actual} where {what} is expected", tensor);
    }

    JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType
        : throw Damaged("its header ends in the middle");

    /// <summary>Bytes of the tensors must fill the rest of the file, each exactly once.</summary>
    void CheckPlaces(long dataLength)
    {
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long end = 0;
        string before = "the header";
        foreach (SafeTensorsEntry entry in entries)
        {
            string place = $"{entry.Name} takes bytes {entry.Begin} to {entry.End}";
            if (entry.End < entry.Begin) throw Damaged($"{place}: it ends before it begins", entry.Name);
            if (entry.Begin < end) throw Damaged($"{place}, but {before} reaches to {end}: they overlap", entry.Name);
            if (entry.Begin > end) throw Damaged(
                $"{place}, but {before} ends at {end}: bytes between belong to no tensor", entry.Name);
            if (entry.End > dataLength)
                throw Damaged($"{place}, but only {dataLength} follow the header: the file was cut off", entry.Name);
            long length = entry.End - entry.Begin;
            if (SizeOf(entry) is { } needed && needed != length)
                throw Damaged($"{entry.Name} {entry.ElementType}{entry.ShapeText} needs {needed} bytes but has " +
                    $"{length}", entry.Name);
            end = entry.End;
            before = entry.Name;
        }
        if (end != dataLength) throw Damaged($"{dataLength} bytes follow the header, but its tensors end at {end}");
    }

    /// <summary>Bytes an entry's shape needs; null for element types that are not ours to know.</summary>
    Int128? SizeOf(SafeTensorsEntry entry)
    {
        int bits = entry.ElementType switch
        {
            "F64" or "I64" or "U64" => 64,
            "F32" or "I32" or "U32" => 32,
            "F16" or "BF16" or "I16" or "U16" => 16,
            "I8" or "U8" or "BOOL" => 8,
            _ => 0,
        };
        if (bits == 0) return null;
        Int128 size = bits / 8;
        foreach (long axis in entry.Shape)
        {
            size *= axis;
            if (size <= long.MaxValue) continue;
            throw Damaged($"{entry.Name} {entry.ShapeText} has more elements than any file could hold", entry.Name);
        }
        return size;
    }

    const string WayOut = "Save it again or use another copy.";

    CheckpointException Damaged(string problem, string? tensor = null) => new(path, $"{problem}. {WayOut}", tensor);
}
