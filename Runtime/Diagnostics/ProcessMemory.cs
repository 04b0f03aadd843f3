using System;
using System.Buffers.Text;
using System.Diagnostics;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace ModelCompiler.Runtime.Diagnostics;

/// <summary>Physical memory of this process, native arenas included.</summary>
public static class ProcessMemory
{
    /// <summary>The most there ever was, in bytes.</summary>
    public static long PeakBytes
    {
        get
        {
            if (FromStatus("VmHWM:"u8) is { } bytes) return bytes;
            using Process process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>What is there now, in bytes.</summary>
    public static long ResidentBytes
    {
        get
        {
            if (FromStatus("VmRSS:"u8) is { } bytes) return bytes;
            using Process process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }

    /// <summary>
    /// A line of /proc/self/status, "VmRSS:     1234 kB"; null where there is none. Source: proc(5); its kB are 1024
    /// bytes.
    /// </summary>
    static long? FromStatus(ReadOnlySpan<byte> field)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> buffer = stackalloc byte[8192];
        int length;
        try
        {
            using SafeFileHandle file = File.OpenHandle("/proc/self/status");
            length = RandomAccess.Read(file, buffer, 0);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        ReadOnlySpan<byte> text = buffer[..length];
        int start = text.IndexOf(field);
        if (start < 0) return null;
        text = text[(start + field.Length)..].TrimStart(" \t"u8);
        return Utf8Parser.TryParse(text, out long kilobytes, out _) ? kilobytes * 1024 : null;
    }
}
