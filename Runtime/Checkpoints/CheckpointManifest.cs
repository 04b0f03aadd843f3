using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>
/// What a checkpoint says of itself, written after everything else: a folder with a manifest whose checksums are right
/// is a whole checkpoint.
/// </summary>
sealed class CheckpointManifest
{
    public const string FileName = "manifest.json";
    const string Format = "modelcompiler-checkpoint", Version = "1";

    public string Model { get; init; } = "";
    public int Step { get; init; }
    public ulong Seed { get; init; }
    public long Pass { get; init; }
    public float LearningRate { get; init; }
    public double? Score { get; init; }
    public string? Data { get; init; }
    public int Accumulated { get; init; }
    public double AccumulatedWeight { get; init; }

    /// <summary>Null where the loss is not scaled.</summary>
    public float? LossScale { get; init; }

    /// <summary>Since the scale changed.</summary>
    public int GoodSteps { get; init; }

    public int SkippedSteps { get; init; }

    /// <summary>All that an update depends on: the optimizer, its numbers, groups, schedule, clipping, averaging.
    /// </summary>
    public SortedDictionary<string, string> Settings { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Length and checksum of each file beside this one.</summary>
    public SortedDictionary<string, (long Length, string Sha256)> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Takes the checksum of a file that has been written.</summary>
    public void Add(string folder, string file)
    {
        using FileStream stream = File.OpenRead(Path.Combine(folder, file));
        Files[file] = (stream.Length, Convert.ToHexString(SHA256.HashData(stream)));
    }

    /// <summary>Writes the manifest and puts it on the disk.</summary>
    public void Write(string folder)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("version", Version);
            json.WriteString("model", Model);
            json.WriteNumber("step", Step);
            json.WriteNumber("seed", Seed);
            json.WriteNumber("pass", Pass);
            json.WriteString("learningRate", LearningRate.ToString("R", CultureInfo.InvariantCulture));
            if (Score is { } score) json.WriteString("score", score.ToString("R", CultureInfo.InvariantCulture));
            if (Data is not null) json.WriteString("data", Data);
            json.WriteNumber("accumulated", Accumulated);
            json.WriteString("accumulatedWeight", AccumulatedWeight.ToString("R", CultureInfo.InvariantCulture));
            if (LossScale is { } scale)
            {
                json.WriteString("lossScale", scale.ToString("R", CultureInfo.InvariantCulture));
                json.WriteNumber("goodSteps", GoodSteps);
                json.WriteNumber("skippedSteps", SkippedSteps);
            }
            json.WriteStartObject("settings");
            foreach ((string name, string value) in Settings) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteStartObject("files");
            foreach ((string name, (long length, string sha256)) in Files)
            {
                json.WriteStartObject(name);
                json.WriteNumber("length", length);
                json.WriteString("sha256", sha256);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        using SafeFileHandle file = File.OpenHandle(Path.Combine(folder, FileName), FileMode.CreateNew,
            FileAccess.Write);
        RandomAccess.Write(file, buffer.ToArray(), 0);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Reads a checkpoint's manifest.</summary>
    /// <exception cref="CheckpointException">There is none, or it is damaged.</exception>
    public static CheckpointManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new CheckpointException(folder, $"there is no {FileName}, so this is no checkpoint or one whose " +
                "saving was cut off. Use CheckpointFolder.Newest to find the last whole one.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            string version = Text(root, "version") ?? "";
            if (Text(root, "format") != Format || version != Version)
                throw new CheckpointException(path, $"it is of format {Text(root, "format")} {version}; this program " +
                    $"reads {Format} {Version}. Resume with the version that saved it.");
            var manifest = new CheckpointManifest
            {
                Model = Text(root, "model") ?? "",
                Step = root.GetProperty("step").GetInt32(),
                Seed = root.GetProperty("seed").GetUInt64(),
                Pass = root.GetProperty("pass").GetInt64(),
                LearningRate = float.Parse(Text(root, "learningRate")!, CultureInfo.InvariantCulture),
                Score = Text(root, "score") is { } score ? double.Parse(score, CultureInfo.InvariantCulture) : null,
                Data = Text(root, "data"),
                Accumulated = root.GetProperty("accumulated").GetInt32(),
                LossScale = Text(root, "lossScale") is { } scale ? float.Parse(scale, CultureInfo.InvariantCulture)
                    : null,
                GoodSteps = root.TryGetProperty("goodSteps", out JsonElement good) ? good.GetInt32() : 0,
                SkippedSteps = root.TryGetProperty("skippedSteps", out JsonElement skipped) ? skipped.GetInt32() : 0,
                AccumulatedWeight = double.Parse(Text(root, "accumulatedWeight")!, CultureInfo.InvariantCulture),
            };
            foreach (JsonProperty setting in root.GetProperty("settings").EnumerateObject())
                manifest.Settings[setting.Name] = setting.Value.GetString() ?? "";
            foreach (JsonProperty file in root.GetProperty("files").EnumerateObject())
                manifest.Files[file.Name] = (file.Value.GetProperty("length").GetInt64(),
                    file.Value.GetProperty("sha256").GetString() ?? "");
            return manifest;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or FormatException
            or InvalidOperationException or ArgumentNullException)
        {
            throw new CheckpointException(path, $"it is damaged: {failure.Message} Use another checkpoint.", null,
                failure);
        }
    }

    static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    /// <summary>Compares every file with its checksum.</summary>
    /// <exception cref="CheckpointException">A file is missing or has other bytes.</exception>
    public void Verify(string folder)
    {
        foreach ((string name, (long length, string sha256)) in Files)
        {
            string path = Path.Combine(folder, name);
            if (!File.Exists(path)) throw new CheckpointException(path, "the file is missing from its checkpoint. " +
                "Use another checkpoint.");
            using FileStream stream = File.OpenRead(path);
            if (stream.Length != length) throw new CheckpointException(path, $"the file has {stream.Length} bytes; " +
                $"{length} were saved. Use another checkpoint.");
            if (Convert.ToHexString(SHA256.HashData(stream)) != sha256)
                throw new CheckpointException(path, "its bytes are not those that were saved: the checksum differs. " +
                    "Use another checkpoint.");
        }
    }

    /// <summary>What differs between a checkpoint's settings and others, in words; empty if nothing does.</summary>
    public string Differences(IReadOnlyDictionary<string, string> now) => string.Join("; ",
        Settings.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(key => Settings.GetValueOrDefault(key, "none") != now.GetValueOrDefault(key, "none"))
            .Select(key => $"{key} was {Settings.GetValueOrDefault(key, "none")} and is " +
                now.GetValueOrDefault(key, "none")));
}
