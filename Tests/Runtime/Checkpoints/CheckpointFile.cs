using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelCompiler.Tests.Runtime.Checkpoints;

/// <summary>A safetensors file taken apart by other code than the one under test, to be changed and put together again.</summary>
public sealed class CheckpointFile
{
    CheckpointFile(JsonObject header, byte[] data) => (Header, Data) = (header, data);

    public JsonObject Header { get; }

    public byte[] Data { get; set; }

    public IEnumerable<string> Names => Header.Select(p => p.Key).Where(name => name != "__metadata__");

    public static CheckpointFile Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        return new CheckpointFile(JsonNode.Parse(Encoding.UTF8.GetString(bytes, 8, length))!.AsObject(), bytes[(8 + length)..]);
    }

    public static void Write(string path, string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. data]);
    }

    public void Write(string path) => Write(path, Header.ToJsonString(), Data);

    public int[] Shape(string name) => [.. Header[name]!["shape"]!.AsArray().Select(x => x!.GetValue<int>())];

    public (int Begin, int End) Place(string name)
    {
        JsonArray offsets = Header[name]!["data_offsets"]!.AsArray();
        return (offsets[0]!.GetValue<int>(), offsets[1]!.GetValue<int>());
    }

    public float[] Reals(string name)
    {
        (int begin, int end) = Place(name);
        return MemoryMarshal.Cast<byte, float>(Data.AsSpan(begin, end - begin)).ToArray();
    }
}
