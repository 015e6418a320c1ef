// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/elf_writer.hpp"

#include <cstring>
#include <llvm/BinaryFormat/ELF.h>

#include "compile/byte_writer.hpp"

namespace waxwing::compile {

namespace {

using namespace llvm::ELF;

struct Elf64 {
  using Header = Elf64_Ehdr;
  using Program = Elf64_Phdr;
  using Section = Elf64_Shdr;
  using Symbol = Elf64_Sym;
  static constexpr uint8_t kClass = ELFCLASS64;
};
struct Elf32 {
  using Header = Elf32_Ehdr;
  using Program = Elf32_Phdr;
  using Section = Elf32_Shdr;
  using Symbol = Elf32_Sym;
  static constexpr uint8_t kClass = ELFCLASS32;
};

/// Flags that a target's tools expect: its float convention and version.
uint32_t machine_flags(const image::TargetInfo& target) {
  switch (target.target) {
  case image::Target::armv7: return EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_HARD;
  case image::Target::thumbv7em:
  case image::Target::thumbv8m_main: return EF_ARM_EABI_VER5 | EF_ARM_ABI_FLOAT_SOFT;
  case image::Target::riscv64: return EF_RISCV_RVC | EF_RISCV_FLOAT_ABI_DOUBLE;
  case image::Target::riscv32: return EF_RISCV_RVC;
  default: return 0;
  }
}

template <class Elf, class To, class From>
void set(To& to, From from) {
  to = static_cast<To>(from);
}

template <class Elf>
std::vector<uint8_t> write(const ElfLayout& layout, const std::vector<uint8_t>& metadata,
                           const std::vector<uint8_t>& rodata, const std::vector<uint8_t>& text) {
  const auto put = [](auto& to, uint64_t from) {
    to = static_cast<std::remove_reference_t<decltype(to)>>(from);
  };
  typename Elf::Header header{};
  std::memcpy(header.e_ident, ElfMagic, 4);
  header.e_ident[EI_CLASS] = Elf::kClass;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = layout.target->elf_machine;
  header.e_version = EV_CURRENT;
  header.e_flags = machine_flags(*layout.target);
  header.e_ehsize = sizeof header;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(typename Elf::Program);
  header.e_phnum = 3;
  header.e_shentsize = sizeof(typename Elf::Section);

  typename Elf::Program programs[3]{};
  const auto program = [&](typename Elf::Program& p, uint32_t type, uint32_t flags, uint64_t offset,
                           uint64_t size, uint64_t align) {
    p.p_type = type;
    p.p_flags = flags;
    put(p.p_offset, offset);
    put(p.p_vaddr, offset);
    put(p.p_paddr, offset);
    put(p.p_filesz, size);
    put(p.p_memsz, size);
    put(p.p_align, align);
  };
  const uint64_t page = layout.target->page;
  program(programs[0], PT_LOAD, PF_R, 0, layout.rodata.offset + layout.rodata.size, page);
  program(programs[1], PT_LOAD, PF_R | PF_X, layout.text.offset, layout.text.size, page);
  program(programs[2], image::kProgramHeaderType, PF_R, layout.metadata.offset,
          layout.metadata.size, 4);

  ByteWriter file;
  const auto pad_to = [&file](uint64_t offset) {
    if (file.size() < offset) file.bytes.resize(offset);
  };
  file.add(header);
  for (const auto& one : programs) file.add(one);
  file.add_bytes(metadata);
  pad_to(layout.rodata.offset);
  file.add_bytes(rodata);
  pad_to(layout.text.offset);
  file.add_bytes(text);

  // For tools: names of functions.
  ByteWriter names;
  names.add(uint8_t{0});
  file.align(8);
  const uint64_t symbols_at = file.size();
  file.add(typename Elf::Symbol{});
  for (const ElfSymbol& symbol : layout.symbols) {
    typename Elf::Symbol row{};
    row.st_name = static_cast<uint32_t>(names.size());
    row.st_info = static_cast<unsigned char>(STB_LOCAL << 4 | STT_FUNC);
    row.st_shndx = 3;
    put(row.st_value, symbol.address);
    put(row.st_size, symbol.size);
    file.add(row);
    names.add_text(symbol.name);
    names.add(uint8_t{0});
  }
  const uint64_t names_at = file.size();
  file.add_bytes(names.bytes);

  std::vector<std::string_view> titles = {"",        ".wax",    ".rodata",  ".text",
                                          ".symtab", ".strtab", ".shstrtab"};
  const size_t first_debug = titles.size();
  for (const ElfDebugSection& one : layout.debug) titles.emplace_back(one.name);
  if (!layout.debug.empty()) titles.emplace_back(image::kElfAddresses);
  std::vector<typename Elf::Section> sections(titles.size());
  ByteWriter section_names;
  for (size_t i = 0; i < titles.size(); ++i) {
    sections[i].sh_name = static_cast<uint32_t>(section_names.size());
    section_names.add_text(titles[i]);
    section_names.add(uint8_t{0});
  }
  const uint64_t section_names_at = file.size();
  file.add_bytes(section_names.bytes);
  const auto section = [&](size_t i, uint32_t type, uint64_t flags, uint64_t offset, uint64_t size,
                           uint64_t align) {
    sections[i].sh_type = type;
    put(sections[i].sh_flags, flags);
    put(sections[i].sh_offset, offset);
    put(sections[i].sh_size, size);
    put(sections[i].sh_addralign, align);
    if ((flags & SHF_ALLOC) != 0) put(sections[i].sh_addr, offset);
  };
  section(1, SHT_PROGBITS, SHF_ALLOC, layout.metadata.offset, layout.metadata.size, 4);
  section(2, SHT_PROGBITS, SHF_ALLOC, layout.rodata.offset, layout.rodata.size, 16);
  section(3, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, layout.text.offset, layout.text.size, 16);
  section(4, SHT_SYMTAB, 0, symbols_at, names_at - symbols_at, 8);
  sections[4].sh_link = 5;
  put(sections[4].sh_info, layout.symbols.size() + 1);
  put(sections[4].sh_entsize, sizeof(typename Elf::Symbol));
  section(5, SHT_STRTAB, 0, names_at, names.size(), 1);
  section(6, SHT_STRTAB, 0, section_names_at, section_names.size(), 1);
  ByteWriter addresses;
  for (size_t i = 0; i < layout.debug.size(); ++i) {
    const ElfDebugSection& one = layout.debug[i];
    const size_t number = first_debug + i;
    section(number, SHT_PROGBITS, 0, file.size(), one.bytes.size(), 1);
    file.add_bytes(one.bytes);
    for (const uint32_t at : one.addresses)
      addresses.add(image::ElfAddress{static_cast<uint32_t>(number), at});
  }
  if (!layout.debug.empty()) {
    file.align(4);
    section(titles.size() - 1, SHT_PROGBITS, 0, file.size(), addresses.size(), 4);
    file.add_bytes(addresses.bytes);
  }
  file.align(8);
  put(header.e_shoff, file.size());
  header.e_shnum = static_cast<uint16_t>(sections.size());
  header.e_shstrndx = 6;
  for (const auto& one : sections) file.add(one);
  std::memcpy(file.bytes.data(), &header, sizeof header);
  return std::move(file.bytes);
}

} // namespace

uint64_t elf_header_size(const image::TargetInfo& target) {
  return target.pointer == 8 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
}

uint64_t program_header_size(const image::TargetInfo& target) {
  return target.pointer == 8 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

std::vector<uint8_t> write_elf(const ElfLayout& layout, const std::vector<uint8_t>& metadata,
                               const std::vector<uint8_t>& rodata,
                               const std::vector<uint8_t>& text) {
  return layout.target->pointer == 8 ? write<Elf64>(layout, metadata, rodata, text)
                                     : write<Elf32>(layout, metadata, rodata, text);
}

} // namespace waxwing::compile
